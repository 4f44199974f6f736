#include "training.h"

#include <stdint.h>
#include <string.h>

#include "instruction_set.h"

#define HEIGHTS HEIGHTS_OF_6
#define HALF_HEIGHTS HEIGHTS_OF_3
#define TILE 6
#define SET baseline
#define VECTOR_BYTES 16
#include "training_precisions.inc"
#undef VECTOR_BYTES
#undef SET

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SET avx2
#define VECTOR_BYTES 32
#include "training_precisions.inc"
#undef VECTOR_BYTES
#undef SET
#pragma clang attribute pop
#undef TILE
#undef HALF_HEIGHTS
#undef HEIGHTS

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#define HEIGHTS HEIGHTS_OF_12
#define HALF_HEIGHTS HEIGHTS_OF_6
#define TILE 12
#define SET avx512
#define VECTOR_BYTES 64
#include "training_precisions.inc"
#undef VECTOR_BYTES
#undef SET
#pragma clang attribute pop
#endif

static size_t padded(size_t count) { return (count + CORNN_UNIT_PAD - 1) / CORNN_UNIT_PAD * CORNN_UNIT_PAD; }

// Rows a multiple of 1024 bytes apart would share few of the first cache's sets.
static size_t spread(size_t width) { return width % 128 == 0 ? width + CORNN_UNIT_PAD : width; }

cornn_layout cornn_layout_of(int cell, size_t hidden, size_t inputs, size_t outputs) {
  cornn_layout p = {.cell = cell, .hidden = hidden, .inputs = inputs, .outputs = outputs, .units = padded(hidden)};
  p.states = p.gates = 1;
  size_t kept = 0, carried = 0;
  switch (cell) {
    case CORNN_CELL_OSCILLATOR: p.states = 2, p.factors = 3, kept = 1, carried = 2; break;
    case CORNN_CELL_LSTM: p.gates = 4, kept = 6, carried = 1; break;
    case CORNN_CELL_GRU: p.gates = 4, kept = 4, carried = 1; break;
    case CORNN_CELL_TANH: p.factors = 2, kept = 1, carried = 1; break;
    case CORNN_CELL_MODRELU: p.factors = 1; break;
  }
  p.kept = kept * p.units;
  p.carried = carried * p.units;
  p.columns = p.states * p.units + inputs + 1;
  p.rows = p.gates * p.units + outputs;
  p.width = spread(padded(p.columns));
  p.height = spread(padded(p.rows));
  return p;
}

size_t cornn_packed_forward(const cornn_layout *p) { return p->gates * p->units * p->columns; }

size_t cornn_packed_backward(const cornn_layout *p) { return p->states * p->units * p->rows; }

#define PRECISIONS(function, ...)                                      \
  if (bytes == sizeof(float)) {                                        \
    DISPATCH(function##_float, __VA_ARGS__)                            \
  } else {                                                             \
    DISPATCH(function##_double, __VA_ARGS__)                           \
  }

void cornn_pack(const cornn_layout *layout, size_t bytes, const void *matrix, void *forward, void *backward) {
  PRECISIONS(pack, layout, matrix, forward, backward)
}

void cornn_sweep_forward(const cornn_sweep *sweep) {
  const size_t bytes = sweep->bytes;
  PRECISIONS(sweep_forward, sweep)
}

void cornn_sweep_backward(const cornn_sweep *sweep) {
  const size_t bytes = sweep->bytes;
  PRECISIONS(sweep_backward, sweep)
}

void cornn_tanh_float(size_t count, float *values) { DISPATCH(tanh_all_float, count, values) }

static void multiply_add_rounds(size_t bytes, size_t count, double *operations) {
  PRECISIONS(multiply_add_rounds, count, operations)
}

double cornn_multiply_add_rounds(size_t bytes, size_t count) {
  double operations;
  multiply_add_rounds(bytes, count, &operations);
  return operations;
}
