#include "include/lengths.h"

#include <math.h>

static double normal_below(double z) { return 0.5 * erfc(-z * 0.70710678118654752); }

// The z that a standard normal variable is above with probability `rest`, by bisection.
static double normal_quantile_above(double rest) {
    double low = -40, high = 40;
    for (int i = 0; i < 80; i++) {
        const double middle = 0.5 * (low + high);
        if (normal_below(-middle) > rest) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

void tangram_log_normal_parts(double variation, int32_t count, double *means, double *weights) {
    const double tail = 0.1, ratio = 0.6;
    const double sigma = sqrt(log1p(variation * variation));
    const int32_t half = count / 2 > 0 ? count / 2 : 1;
    double above = 1, z = -40;
    for (int32_t i = 0; i < count; i++) {
        double next = 0;
        if (i < half) {
            next = 1 - (1 - tail) * (i + 1) / half;
        } else {
            next = above * ratio;
        }
        double next_z = 40;
        if (i == count - 1) {
            next = 0;
        } else {
            next_z = normal_quantile_above(next);
        }
        // E[X; a < X < b] = Φ(z_b − σ) − Φ(z_a − σ) for a mean of 1, from the side that is not 1.
        const double mass = normal_below(sigma - z) - normal_below(sigma - next_z);
        weights[i] = above - next;
        means[i] = mass / weights[i];
        above = next;
        z = next_z;
    }
}

double tangram_exponential_quantile(double above) {
    return above > 0 && above < 1 ? -log(above) : 0;
}
