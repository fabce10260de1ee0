/*
 * Built on Linux beside sharp's binary, which it names as a library that it needs. Loaded with RTLD_DEEPBIND it gives that binary,
 * and the libvips behind it, a scope of their own: their GLib is then found there, not the system's, which Electron has loaded
 * before. Two GLibs that take each other's objects for their own end in g_object_unref assertions, and at last in a crash.
 *
 * Memory must not follow: a string that libc allocates with the program's malloc (Electron brings its own) would be freed by
 * libc's free. So this scope has a malloc and its kin first, and they are the program's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

/* Looked up in the program itself: RTLD_DEFAULT would be this very scope. Twice at once does no harm. */
#define PROGRAMS(name, type)                                                   \
  static type found;                                                           \
  if (found == NULL) found = (type)dlsym(dlopen(NULL, RTLD_LAZY), #name)

typedef void *(*allocate)(size_t);
typedef void *(*allocate_two)(size_t, size_t);
typedef void *(*reallocate)(void *, size_t);
typedef void (*release)(void *);
typedef int (*allocate_at)(void **, size_t, size_t);
typedef size_t (*measure)(void *);

void *malloc(size_t size) {
  PROGRAMS(malloc, allocate);
  return found(size);
}

void *calloc(size_t count, size_t size) {
  PROGRAMS(calloc, allocate_two);
  return found(count, size);
}

void *realloc(void *memory, size_t size) {
  PROGRAMS(realloc, reallocate);
  return found(memory, size);
}

void free(void *memory) {
  PROGRAMS(free, release);
  found(memory);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  PROGRAMS(posix_memalign, allocate_at);
  return found(memory, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  PROGRAMS(aligned_alloc, allocate_two);
  return found(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
  PROGRAMS(memalign, allocate_two);
  return found(alignment, size);
}

size_t malloc_usable_size(void *memory) {
  PROGRAMS(malloc_usable_size, measure);
  return found(memory);
}
