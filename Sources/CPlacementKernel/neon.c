#if defined(__aarch64__)
#include "menus.h"
#include <arm_neon.h>

#define TANGRAM_NAME tangram_price_menus_neon
#define TANGRAM_TARGET
#define TANGRAM_LANES 2

// NEON has no gather: two loads.
static inline float64x2_t prices(const double *price, const int32_t *resource, uint32_t count) {
    float64x2_t low = vdupq_n_f64(price[tangram_slot(resource[0], count)]);
    return vsetq_lane_f64(price[tangram_slot(resource[1], count)], low, 1);
}
#define TANGRAM_PREPARE
#define TANGRAM_PRICES(resource) prices(m.price, resource, m.resource_count)

#include "price_menus_body.h"
#endif
