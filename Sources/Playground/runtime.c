// The few C functions that Embedded Swift's arrays call. Memory is handed out in powers of two from 16 bytes on, and
// what is given back is kept by size: nothing but the memory's growth can fail.
#include <stddef.h>
#include <stdint.h>

extern unsigned char __heap_base;

typedef struct Block {
  struct Block *next;
} Block;

static Block *unused[32];
static uintptr_t end;

// The header before each block, as large as alignment asks for, holds its size class.
enum { header = 16 };

void *malloc(size_t size) {
  unsigned class = 4;
  while (((size_t)1 << class) < size) class++;
  if (class > 30) return NULL;
  Block *block = unused[class];
  if (block) {
    unused[class] = block->next;
    return block;
  }
  if (end == 0) end = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
  uintptr_t place = end + header;
  uintptr_t next = place + ((uintptr_t)1 << class);
  size_t pages = __builtin_wasm_memory_size(0);
  if (next > pages << 16) {
    size_t more = (next - (pages << 16) + 65535) >> 16;
    if (__builtin_wasm_memory_grow(0, more) == (size_t)-1) return NULL;
  }
  end = next;
  *(unsigned *)(place - header) = class;
  return (void *)place;
}

void free(void *memory) {
  if (!memory) return;
  Block *block = memory;
  unsigned class = *(unsigned *)((uintptr_t)memory - header);
  block->next = unused[class];
  unused[class] = block;
}

// Every block is aligned to 16 bytes, more than any number here needs.
int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment > 16) return 22;
  *memory = malloc(size);
  return *memory ? 0 : 12;
}

void *memset(void *to, int byte, size_t count) {
  unsigned char *place = to;
  while (count--) *place++ = (unsigned char)byte;
  return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  unsigned char *place = to;
  const unsigned char *source = from;
  while (count--) *place++ = *source++;
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  unsigned char *place = to;
  const unsigned char *source = from;
  if (place < source) {
    while (count--) *place++ = *source++;
  } else {
    while (count--) place[count] = source[count];
  }
  return to;
}
