#ifndef CORNN_CKERNELS_H
#define CORNN_CKERNELS_H
#include <stddef.h>

// Each kernel exists three times (AVX-512, AVX2 with FMA, baseline x86-64 or whatever the CPU is) and the
// best one that the CPU runs is picked at the call.

/// The instruction set that the kernels run on: "avx512", "avx2" or "baseline".
const char *cornn_instruction_set(void);

/// values[i] <- tanh(values[i]); at most 3 units in the last place from the exact value, never above 1 in size.
void cornn_tanh(size_t count, double *values);

/// One IMEX step of count = batch * hidden oscillators, unit-minor, given sigma = activation(A):
///   z <- scale * (retain * z + dt * (sigma - gamma * y)),  y <- y + dt * z
/// gamma, retain and scale hold one value for each of the hidden units. y and z stand in rows of `stride`.
void cornn_advance(size_t batch, size_t hidden, size_t stride, double dt, const double *sigma,
                   const double *gamma, const double *retain, const double *scale, double *y, double *z);

enum { CORNN_TANH, CORNN_IDENTITY, CORNN_NONE };

/// The number of rows that weights are padded to for cornn_field: a multiple of this.
enum { CORNN_FIELD_ROWS = 64 };

/// The vector field y' = z, z' = sigma(W y + Z z + drive) - gamma y - epsilon z of `hidden` oscillators.
/// `weights` holds the 2 * hidden columns of [W Z], each padded with zeros to `padded` rows.
void cornn_field(size_t hidden, size_t padded, const double *weights, const double *drive, const double *gamma,
                 const double *epsilon, int activation, const double *state, double *derivative);

#endif
