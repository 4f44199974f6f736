#ifndef CORNN_CKERNELS_H
#define CORNN_CKERNELS_H
#include <stddef.h>

#include "training.h"

// Each kernel exists three times (AVX-512, AVX2 with FMA, baseline x86-64 or whatever the CPU is) and the
// best one that the CPU runs is picked at the first call. The environment variable CORNN_INSTRUCTION_SET can ask for a
// lesser one (avx512, avx2 or baseline), for tests and benchmarks; one that the CPU hasn't ends the process with a message.

/// The instruction set that the kernels run on: "avx512", "avx2" or "baseline".
const char *cornn_instruction_set(void);

/// The best that this CPU runs.
const char *cornn_best_instruction_set(void);

/// values[i] <- tanh(values[i]); at most 3 units in the last place from the exact value, never above 1 in size.
void cornn_tanh(size_t count, double *values);

/// values[i] <- 1 - tanh(values[i])^2 = 4 e / (1 + e)^2 with e = exp(-2 |values[i]|): accurate to 1e-15 relative where
/// tanh saturates too, and 0 from 354 on.
void cornn_slopes(size_t count, double *values);

/// One IMEX step of count = batch * hidden oscillators, unit-minor, given sigma = activation(A):
///   z <- scale * (retain * z + dt * (sigma - gamma * y)),  y <- y + dt * z
/// gamma, retain and scale hold one value for each of the hidden units. y and z stand in rows of `stride`.
void cornn_advance(size_t batch, size_t hidden, size_t stride, double dt, const double *sigma,
                   const double *gamma, const double *retain, const double *scale, double *y, double *z);

/// The elementwise part of one step back, for batch rows [lambda mu] of cotangents and rows of `hidden` values in
/// slope, a and q:
///   q <- scale * (mu + dt * lambda),  a <- dt * slope * q,  lambda <- lambda - dt * gamma * q,  mu <- retain * q
void cornn_retreat(size_t batch, size_t hidden, double dt, const double *slope, const double *gamma,
                   const double *retain, const double *scale, double *cotangent, double *a, double *q);

/// The rows of a panel for cornn_product.
enum { CORNN_PANEL_ROWS = 16 };

/// result_b += A x_b for `count` vectors, `stride` and `result_stride` apart. `panels` holds A (rows * columns) in
/// panels of CORNN_PANEL_ROWS rows, each panel column after column, the last one padded with zeros; fastest where it
/// begins on a cache line. Each entry is summed over the columns in their order, then added, whatever the count.
void cornn_product(size_t rows, size_t columns, const double *panels, size_t count, const double *x, size_t stride,
                   double *result, size_t result_stride);

/// out[i] <- tanh(values[i]), as cornn_tanh has it.
void cornn_tanh_of(size_t count, const double *values, double *out);

/// cornn_advance from the states in `old` to those in `state`: rows of the hidden positions, then the velocities.
void cornn_advance_to(size_t batch, size_t hidden, double dt, const double *sigma, const double *gamma,
                      const double *retain, const double *scale, const double *old, double *state);

enum { CORNN_TANH, CORNN_IDENTITY, CORNN_NONE };

/// The rows of a block of weights for cornn_field.
enum { CORNN_FIELD_ROWS = 64 };

/// The vector field y' = z, z' = sigma(W y + Z z + drive) - gamma y - epsilon z of `hidden` oscillators.
/// `weights` holds [W Z] in blocks of CORNN_FIELD_ROWS rows, each block column after column, the last one padded with
/// zeros; fastest where it begins on a cache line.
void cornn_field(size_t hidden, const double *weights, const double *drive, const double *gamma,
                 const double *epsilon, int activation, const double *state, double *derivative);

/// out = base + step * sum of weights[s] * slopes[s], each of `count` values; base may be null for 0.
void cornn_combine(size_t count, size_t stages, const double *base, double step, const double *slopes,
                   const double *weights, double *out);

/// sums[c] += sum over rows of left[r, c] * right[r, c], for rows of `columns` values that stand `left_stride` and
/// `right_stride` apart.
void cornn_column_products(size_t count, size_t columns, const double *left, size_t left_stride, const double *right,
                           size_t right_stride, double *sums);

/// result[r, c] += scale * rows[r, c], for rows of `columns` values.
void cornn_add_rows(size_t count, size_t columns, double scale, const double *rows, size_t stride, double *result,
                    size_t result_stride);

/// cornn_advance of `count` tangents, rows of the hidden positions and then the velocities, with sigma = slope * driven.
void cornn_push(size_t count, size_t hidden, double dt, const double *driven, const double *slope, const double *gamma,
                const double *retain, const double *scale, double *tangents);

/// The Euclidean lengths of rows of `width` values.
void cornn_row_lengths(size_t count, size_t width, const double *rows, double *lengths);

/// Makes rows of `width` values orthonormal by the Gram-Schmidt process, modified but for groups of four rows whose parts
/// are taken from the later ones together; lengths[r] is what row r was divided by. A row of which nothing is left
/// becomes 0.
void cornn_orthonormalize(size_t count, size_t width, double *rows, double *lengths);

/// The most steps that cornn_lorenz96 takes at a call.
enum { CORNN_LORENZ96_STEPS = 16 };

/// The room that cornn_lorenz96 needs, in doubles.
size_t cornn_lorenz96_scratch(size_t n);

/// Takes `steps` classical Runge-Kutta steps of size h of Lorenz-96, x_j' = (x_{j+1} - x_{j-2}) x_{j-1} - x_j + F, with
/// n >= 4 variables, and pushes `count` rows of n tangent values through them.
void cornn_lorenz96(size_t n, size_t steps, double h, double forcing, double *state, size_t count, double *tangents,
                    double *scratch);

/// Dormand and Prince's method of order 8 with 12 evaluations a step (GSL's rk8pd has 14) as a stepper for GSL: a
/// `const gsl_odeiv2_step_type *`.
const void *cornn_dop853_step_type(void);

/// Step control on the root mean square of the components' errors over their tolerances, as DOP853's own code has it,
/// where GSL's looks at the largest: a `const gsl_odeiv2_control_type *`.
const void *cornn_rms_control_type(void);

#endif
