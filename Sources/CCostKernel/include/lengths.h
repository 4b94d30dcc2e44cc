// Lengths of requests.
#ifndef TANGRAM_LENGTHS_H
#define TANGRAM_LENGTHS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Cuts a log-normal distribution of mean 1 and standard deviation `variation` into `count` parts,
/// ascending: the mean of each and its probability. Half of the parts divide the lower nine tenths
/// evenly, the others the tail, each two fifths of what is left of it.
void tangram_log_normal_parts(double variation, int32_t count, double *means, double *weights);

/// The time over its mean that a part `above` of exponential times are longer than: −ln(above).
double tangram_exponential_quantile(double above);

#ifdef __cplusplus
}
#endif

#endif
