#include "CKernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "instruction_set.h"

#define NAME(function) function##_baseline
#define ROWS 16
#define LANES 2
#define TILE 6
#include "kernels.inc"
#undef TILE
#undef LANES
#undef ROWS
#undef NAME

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(function) function##_avx2
#define ROWS 32
#define LANES 4
#define TILE 6
#include "kernels.inc"
#undef TILE
#undef LANES
#undef ROWS
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#define NAME(function) function##_avx512
#define ROWS 64
#define LANES 8
#define TILE 12
#include "kernels.inc"
#undef TILE
#undef LANES
#undef ROWS
#undef NAME
#pragma clang attribute pop
#endif

void cornn_tanh(size_t count, double *values) { DISPATCH(tanh, count, values) }

void cornn_slopes(size_t count, double *values) { DISPATCH(slopes, count, values) }

void cornn_advance(size_t batch, size_t hidden, size_t stride, double dt, const double *sigma,
                   const double *gamma, const double *retain, const double *scale, double *y, double *z) {
  DISPATCH(advance, batch, hidden, stride, dt, sigma, gamma, retain, scale, y, z)
}

void cornn_retreat(size_t batch, size_t hidden, double dt, const double *slope, const double *gamma,
                   const double *retain, const double *scale, double *cotangent, double *a, double *q) {
  DISPATCH(retreat, batch, hidden, dt, slope, gamma, retain, scale, cotangent, a, q)
}

void cornn_product(size_t rows, size_t columns, const double *panels, size_t count, const double *x, size_t stride,
                   double *result, size_t result_stride) {
  DISPATCH(product, rows, columns, panels, count, x, stride, result, result_stride)
}

void cornn_field(size_t hidden, const double *weights, const double *drive, const double *gamma,
                 const double *epsilon, int activation, const double *state, double *derivative) {
  DISPATCH(field, hidden, weights, drive, gamma, epsilon, activation, state, derivative)
}

void cornn_combine(size_t count, size_t stages, const double *base, double step, const double *slopes,
                   const double *weights, double *out) {
  DISPATCH(combine, count, stages, base, step, slopes, weights, out)
}

void cornn_column_products(size_t count, size_t columns, const double *left, size_t left_stride, const double *right,
                           size_t right_stride, double *sums) {
  DISPATCH(column_products, count, columns, left, left_stride, right, right_stride, sums)
}

void cornn_add_rows(size_t count, size_t columns, double scale, const double *rows, size_t stride, double *result,
                    size_t result_stride) {
  DISPATCH(add_rows, count, columns, scale, rows, stride, result, result_stride)
}

void cornn_tanh_of(size_t count, const double *values, double *out) { DISPATCH(tanh_of, count, values, out) }

void cornn_advance_to(size_t batch, size_t hidden, double dt, const double *sigma, const double *gamma,
                      const double *retain, const double *scale, const double *old, double *state) {
  DISPATCH(advance_to, batch, hidden, dt, sigma, gamma, retain, scale, old, state)
}

void cornn_push(size_t count, size_t hidden, double dt, const double *driven, const double *slope, const double *gamma,
                const double *retain, const double *scale, double *tangents) {
  DISPATCH(push, count, hidden, dt, driven, slope, gamma, retain, scale, tangents)
}

void cornn_row_lengths(size_t count, size_t width, const double *rows, double *lengths) {
  DISPATCH(row_lengths, count, width, rows, lengths)
}

void cornn_orthonormalize(size_t count, size_t width, double *rows, double *lengths) {
  DISPATCH(orthonormalize, count, width, rows, lengths)
}

size_t cornn_lorenz96_scratch(size_t n) { return CORNN_LORENZ96_STEPS * 4 * (2 * n + 3) + 2 * n + 8 * 8 * (n + 3) + 8; }

void cornn_lorenz96(size_t n, size_t steps, double h, double forcing, double *state, size_t count, double *tangents,
                    double *scratch) {
  DISPATCH(lorenz96, n, steps, h, forcing, state, count, tangents, scratch)
}
