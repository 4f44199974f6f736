// Which of the variants of every kernel this process runs.

enum { BASELINE, AVX2, AVX512, SETS };

/// The best set that the CPU has, or the one that the environment variable CORNN_INSTRUCTION_SET names; where the CPU
/// doesn't have that, the process ends with a message and EX_USAGE.
int instruction_set(void);

#if defined(__x86_64__)
#define DISPATCH(function, ...)                              \
  switch (instruction_set()) {                               \
    case AVX512: function##_avx512(__VA_ARGS__); return;     \
    case AVX2: function##_avx2(__VA_ARGS__); return;         \
    default: function##_baseline(__VA_ARGS__); return;       \
  }
#else
#define DISPATCH(function, ...) function##_baseline(__VA_ARGS__)
#endif
