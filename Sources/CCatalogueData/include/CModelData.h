#ifndef TANGRAM_MODEL_DATA_H
#define TANGRAM_MODEL_DATA_H

#include <stddef.h>

/// One shipped model: its id and its configuration as JSON text (UTF-8, not terminated).
typedef struct {
    const char *_Nonnull id;
    const unsigned char *_Nonnull bytes;
    size_t count;
} tangram_model_file;

/// The shipped models in order of id; `count` becomes their number. The memory is static.
const tangram_model_file *_Nonnull tangram_model_files(size_t *_Nonnull count);

#endif
