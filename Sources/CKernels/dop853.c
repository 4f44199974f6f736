// A stepper and a step control for GSL's ordinary differential equations, through the interfaces that GSL leaves open
// for them (gsl_odeiv2_step_type and gsl_odeiv2_control_type).

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "dop853_coefficients.h"

typedef struct {
  double *slopes;  // STAGES rows of the state's size
  double *point;
  double *low;
} stepper;

static void step_free(void *memory) {
  stepper *s = memory;
  if (!s) return;
  free(s->slopes);
  free(s->point);
  free(s->low);
  free(s);
}

static void *step_alloc(size_t dimension) {
  stepper *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->slopes = calloc(STAGES * dimension, sizeof(double));
  s->point = calloc(dimension, sizeof(double));
  s->low = calloc(dimension, sizeof(double));
  if (s->slopes && s->point && s->low) return s;
  step_free(s);
  return NULL;
}

static int step_apply(void *memory, size_t n, double t, double h, double y[], double error[], const double slope_in[],
                      double slope_out[], const gsl_odeiv2_system *system) {
  stepper *s = memory;
  if (slope_in) {
    memcpy(s->slopes, slope_in, n * sizeof(double));
  } else {
    const int status = GSL_ODEIV_FN_EVAL(system, t, y, s->slopes);
    if (status != GSL_SUCCESS) return status;
  }
  for (size_t stage = 1; stage < STAGES; stage++) {
    cornn_combine(n, stage, y, h, s->slopes, A[stage], s->point);
    const int status = GSL_ODEIV_FN_EVAL(system, t + C[stage] * h, s->point, s->slopes + stage * n);
    if (status != GSL_SUCCESS) return status;
  }
  // The estimate of order 5, made smaller where that of order 3 is larger still: the rest of their step is below.
  cornn_combine(n, STAGES, NULL, h, s->slopes, E5, error);
  cornn_combine(n, STAGES, NULL, h, s->slopes, E3, s->low);
  double high = 0, low = 0;
  for (size_t i = 0; i < n; i++) {
    high += error[i] * error[i];
    low += s->low[i] * s->low[i];
  }
  if (high > 0) {
    const double factor = sqrt(high / (high + 0.01 * low));
    for (size_t i = 0; i < n; i++) error[i] *= factor;
  }
  cornn_combine(n, STAGES, y, h, s->slopes, B, s->point);
  memcpy(s->low, y, n * sizeof(double));
  memcpy(y, s->point, n * sizeof(double));
  if (slope_out) {
    const int status = GSL_ODEIV_FN_EVAL(system, t + h, y, slope_out);
    if (status != GSL_SUCCESS) {
      memcpy(y, s->low, n * sizeof(double));
      return status;
    }
  }
  return GSL_SUCCESS;
}

static int step_set_driver(void *memory, const gsl_odeiv2_driver *driver) {
  (void)memory;
  (void)driver;
  return GSL_SUCCESS;
}

static int step_reset(void *memory, size_t dimension) {
  (void)memory;
  (void)dimension;
  return GSL_SUCCESS;
}

static unsigned int step_order(void *memory) {
  (void)memory;
  return 8;
}

const void *cornn_dop853_step_type(void) {
  static const gsl_odeiv2_step_type type = {"dop853",   1,          1,          step_alloc, step_apply,
                                            step_set_driver, step_reset, step_order, step_free};
  return &type;
}

typedef struct {
  double absolute, relative;
} control;

static void *control_alloc(void) { return calloc(1, sizeof(control)); }

static int control_init(void *memory, double absolute, double relative, double a_y, double a_dydt) {
  (void)a_y;
  (void)a_dydt;
  control *c = memory;
  c->absolute = absolute;
  c->relative = relative;
  return GSL_SUCCESS;
}

static int control_adjust(void *memory, size_t n, unsigned int order, const double y[], const double error[],
                          const double slope[], double *h) {
  (void)slope;
  const control *c = memory;
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    const double ratio = error[i] / (c->absolute + c->relative * fabs(y[i]));
    sum += ratio * ratio;
  }
  const double size = sqrt(sum / (double)n);
  if (!(size <= 1)) {
    // NaN as well: try again with a smaller step.
    const double factor = 0.9 * pow(size, -1.0 / order);
    *h *= factor > 0.2 ? factor : 0.2;
    return GSL_ODEIV_HADJ_DEC;
  }
  const double factor = size > 0 ? 0.9 * pow(size, -1.0 / order) : 10;
  if (factor <= 1) return GSL_ODEIV_HADJ_NIL;
  *h *= factor < 10 ? factor : 10;
  return GSL_ODEIV_HADJ_INC;
}

static int control_level(void *memory, double y, double slope, double h, size_t index, double *level) {
  (void)slope;
  (void)h;
  (void)index;
  const control *c = memory;
  *level = c->absolute + c->relative * fabs(y);
  return GSL_SUCCESS;
}

static int control_set_driver(void *memory, const gsl_odeiv2_driver *driver) {
  (void)memory;
  (void)driver;
  return GSL_SUCCESS;
}

static void control_free(void *memory) { free(memory); }

const void *cornn_rms_control_type(void) {
  static const gsl_odeiv2_control_type type = {"rms",         control_alloc,      control_init, control_adjust,
                                               control_level, control_set_driver, control_free};
  return &type;
}
