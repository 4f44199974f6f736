#ifndef CORNN_TRAINING_H
#define CORNN_TRAINING_H
#include <stddef.h>

// Sweeps of recurrent cells over time, forward and back, for one slice of a batch on one core, in float32 or float64.
//
// A network of m hidden units, d inputs and o outputs is one matrix M. With the rows
//
//   R_n = [state_n | u_{n+1} | 1]        what step n + 1 starts from
//   L_n = [a_{n+1} | e_n]                dE/d(drives of step n + 1), dE/d(outputs of step n)
//
//   forward    drives_{n+1} = M R_n above, outputs_n = M R_n below
//   backward   dE/dstate_n += M^T L_n
//   gradient   dE/dM = sum over n and the slice of L_n R_n^T, deferred to one product a chunk of steps
//
//   cell        state      drives      M
//   oscillator  [z | y]    A           [Z W V b; 0 Q 0 q]
//   lstm        [h]        [i f g o]   [U V b; Q 0 q], U and V with four blocks of rows
//   gru         [h]        [r z H X]   the same; zeros for V in the rows of H and for U in those of X
//   tanh        [h]        A           [U V b; Q 0 q]
//   modrelu     [h]        A           [U V b; Q 0 q]
//
// Every block of m is padded with zeros to a multiple of CORNN_UNIT_PAD; a padded unit stays 0 for ever.

enum { CORNN_CELL_OSCILLATOR, CORNN_CELL_LSTM, CORNN_CELL_GRU, CORNN_CELL_TANH, CORNN_CELL_MODRELU };

enum { CORNN_UNIT_PAD = 16 };

/// The widths of a cell's arrays, in numbers.
typedef struct {
  int cell;
  size_t hidden, inputs, outputs;
  size_t units;    // hidden, padded
  size_t states;   // blocks of units in R: 2 (oscillator) or 1
  size_t gates;    // blocks of units in L: 4 (LSTM, GRU) or 1
  size_t factors;  // numbers that a unit's step takes beside M: 3 (oscillator), 2 (tanh), 1 (modReLU), 0
  size_t columns;  // of R and M that count: states * units + inputs + 1
  size_t rows;     // of M, columns of L that count: gates * units + outputs
  size_t width;    // of R and M with padding
  size_t height;   // of L with padding
  size_t kept;     // what a step keeps beside R: sigma (oscillator, tanh); i f g o c tanh(c) (LSTM); r z c H (GRU)
  size_t carried;  // what goes back beside L: [mu | lambda] (oscillator), dE/dc (LSTM), dE/dh (GRU, tanh)
} cornn_layout;

cornn_layout cornn_layout_of(int cell, size_t hidden, size_t inputs, size_t outputs);

/// One sweep's arrays; `bytes` is 4 or 8, the size of a number. The wrapper in Kernels allocates them.
typedef struct {
  cornn_layout layout;
  size_t bytes;
  size_t steps, batch;  // N, and B of this slice
  size_t scored;        // the first step whose outputs are wanted, 1 ... N
  size_t chunk;         // steps whose gradient is one product
  double time_step;     // oscillator
  const void *matrix;   // M: rows x width
  const void *forward, *backward;  // M packed by cornn_pack
  const void *factors;  // units each: alpha, beta, delta of z' = alpha z + beta sigma - delta y (oscillator);
                        // k and f of h' = k h + f sigma (tanh); c of sign(A) relu(|A| + c) (modReLU)
  void *states;         // R: (N + 1) x B x width; R_0's state, inputs and ones are set
  void *kept;           // N x B x kept
  void *outputs;        // (N + 1 - scored) x B x o: outputs, then what goes back, dE/doutputs
  void *left;           // (chunk + 1) x B x height, zero before the first sweep
  void *carry;          // B x carried
  void *gradient;       // rows x width, added to
  double *constants;    // 4 x units, added to; null if not wanted:
                        // sums of w y_{n-1}, w z_{n-1}, w (z_n - z_{n-1}), lambda z_n, w = mu + dt lambda (oscillator);
                        // dE/dk, dE/df (tanh); dE/dc (modReLU)
} cornn_sweep;

/// Numbers in each of the packed forms of M.
size_t cornn_packed_forward(const cornn_layout *layout);
size_t cornn_packed_backward(const cornn_layout *layout);

/// Packs M for the products of both sweeps.
void cornn_pack(const cornn_layout *layout, size_t bytes, const void *matrix, void *forward, void *backward);

/// All steps forward: fills R's states, what is kept, and the outputs.
void cornn_sweep_forward(const cornn_sweep *sweep);

/// All steps back from dE/doutputs: adds to the gradient and the constants' sums. `carry` ends as dE/dstate_0's carried
/// part before the product with L_0.
void cornn_sweep_backward(const cornn_sweep *sweep);

/// values[i] <- tanh(values[i]) in float32: a rational function of degree 13/6, at most 6 units in the last place from
/// the exact value, never above 1 in size. NaN stays NaN.
void cornn_tanh_float(size_t count, float *values);

/// Multiply-adds on registers alone, `count` rounds: returns how many floating-point operations they were.
double cornn_multiply_add_rounds(size_t bytes, size_t count);

#endif
