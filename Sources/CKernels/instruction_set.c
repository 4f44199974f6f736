#include "instruction_set.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static const char *const set_names[SETS] = {"baseline", "avx2", "avx512"};

static int best_set(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
    return AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return AVX2;
#endif
  return BASELINE;
}

static int chosen_set(void) {
  const int best = best_set();
  const char *wanted = getenv("CORNN_INSTRUCTION_SET");
  if (!wanted) return best;
  for (int set = BASELINE; set <= best; set++)
    if (!strcmp(wanted, set_names[set])) return set;
  fprintf(stderr, "error: CORNN_INSTRUCTION_SET is '%s'; this CPU runs %s", wanted, set_names[0]);
  for (int set = BASELINE + 1; set <= best; set++) fprintf(stderr, ", %s", set_names[set]);
  fprintf(stderr, "\n");
  exit(64);
}

// Chosen once; threads that come at the same time choose the same.
int instruction_set(void) {
  static _Atomic int chosen = -1;
  int set = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (set < 0) {
    set = chosen_set();
    atomic_store_explicit(&chosen, set, memory_order_relaxed);
  }
  return set;
}

const char *cornn_instruction_set(void) { return set_names[instruction_set()]; }

const char *cornn_best_instruction_set(void) { return set_names[best_set()]; }
