// The shapes of the shipped models, one JSON file each, embedded by the compiler.

#include "CModelData.h"

#include <stddef.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char deepseek_v2[] = {
#embed "data/models/deepseek-v2.json"
};
static const unsigned char deepseek_v2_lite[] = {
#embed "data/models/deepseek-v2-lite.json"
};
static const unsigned char deepseek_v3[] = {
#embed "data/models/deepseek-v3.json"
};
static const unsigned char deepseek_v3_2[] = {
#embed "data/models/deepseek-v3.2.json"
};
static const unsigned char deepseek_v4_flash[] = {
#embed "data/models/deepseek-v4-flash.json"
};
static const unsigned char deepseek_v4_pro[] = {
#embed "data/models/deepseek-v4-pro.json"
};
static const unsigned char glm_4_5[] = {
#embed "data/models/glm-4.5.json"
};
static const unsigned char glm_4_5_air[] = {
#embed "data/models/glm-4.5-air.json"
};
static const unsigned char glm_5[] = {
#embed "data/models/glm-5.json"
};
static const unsigned char gpt_oss_120b[] = {
#embed "data/models/gpt-oss-120b.json"
};
static const unsigned char gpt_oss_20b[] = {
#embed "data/models/gpt-oss-20b.json"
};
static const unsigned char gpt3_175b[] = {
#embed "data/models/gpt3-175b.json"
};
static const unsigned char kimi_k2[] = {
#embed "data/models/kimi-k2.json"
};
static const unsigned char llama_3_1_405b[] = {
#embed "data/models/llama-3.1-405b.json"
};
static const unsigned char llama_3_1_70b[] = {
#embed "data/models/llama-3.1-70b.json"
};
static const unsigned char llama_3_1_8b[] = {
#embed "data/models/llama-3.1-8b.json"
};
static const unsigned char llama_4_maverick[] = {
#embed "data/models/llama-4-maverick.json"
};
static const unsigned char llama_4_scout[] = {
#embed "data/models/llama-4-scout.json"
};
static const unsigned char megatron_1t[] = {
#embed "data/models/megatron-1t.json"
};
static const unsigned char megatron_22b[] = {
#embed "data/models/megatron-22b.json"
};
static const unsigned char minimax_m2[] = {
#embed "data/models/minimax-m2.json"
};
static const unsigned char mistral_large_2407[] = {
#embed "data/models/mistral-large-2407.json"
};
static const unsigned char mixtral_8x22b[] = {
#embed "data/models/mixtral-8x22b.json"
};
static const unsigned char mixtral_8x7b[] = {
#embed "data/models/mixtral-8x7b.json"
};
static const unsigned char nemotron_3_nano_30b_a3b[] = {
#embed "data/models/nemotron-3-nano-30b-a3b.json"
};
static const unsigned char nemotron_3_super_120b_a12b[] = {
#embed "data/models/nemotron-3-super-120b-a12b.json"
};
static const unsigned char pangu_pro_moe_72b[] = {
#embed "data/models/pangu-pro-moe-72b.json"
};
static const unsigned char pangu_ultra_135b[] = {
#embed "data/models/pangu-ultra-135b.json"
};
static const unsigned char pangu_ultra_moe_718b[] = {
#embed "data/models/pangu-ultra-moe-718b.json"
};
static const unsigned char qwen2_5_72b[] = {
#embed "data/models/qwen2.5-72b.json"
};
static const unsigned char qwen3_235b_a22b[] = {
#embed "data/models/qwen3-235b-a22b.json"
};
static const unsigned char qwen3_30b_a3b[] = {
#embed "data/models/qwen3-30b-a3b.json"
};
static const unsigned char qwen3_32b[] = {
#embed "data/models/qwen3-32b.json"
};
static const unsigned char qwen3_8b[] = {
#embed "data/models/qwen3-8b.json"
};
static const unsigned char qwen3_coder_480b_a35b[] = {
#embed "data/models/qwen3-coder-480b-a35b.json"
};
static const unsigned char turing_530b[] = {
#embed "data/models/turing-530b.json"
};

#define ENTRY(id, array) {id, array, sizeof(array)}

static const tangram_model_file files[] = {
    ENTRY("deepseek-v2", deepseek_v2),
    ENTRY("deepseek-v2-lite", deepseek_v2_lite),
    ENTRY("deepseek-v3", deepseek_v3),
    ENTRY("deepseek-v3.2", deepseek_v3_2),
    ENTRY("deepseek-v4-flash", deepseek_v4_flash),
    ENTRY("deepseek-v4-pro", deepseek_v4_pro),
    ENTRY("glm-4.5", glm_4_5),
    ENTRY("glm-4.5-air", glm_4_5_air),
    ENTRY("glm-5", glm_5),
    ENTRY("gpt-oss-120b", gpt_oss_120b),
    ENTRY("gpt-oss-20b", gpt_oss_20b),
    ENTRY("gpt3-175b", gpt3_175b),
    ENTRY("kimi-k2", kimi_k2),
    ENTRY("llama-3.1-405b", llama_3_1_405b),
    ENTRY("llama-3.1-70b", llama_3_1_70b),
    ENTRY("llama-3.1-8b", llama_3_1_8b),
    ENTRY("llama-4-maverick", llama_4_maverick),
    ENTRY("llama-4-scout", llama_4_scout),
    ENTRY("megatron-1t", megatron_1t),
    ENTRY("megatron-22b", megatron_22b),
    ENTRY("minimax-m2", minimax_m2),
    ENTRY("mistral-large-2407", mistral_large_2407),
    ENTRY("mixtral-8x22b", mixtral_8x22b),
    ENTRY("mixtral-8x7b", mixtral_8x7b),
    ENTRY("nemotron-3-nano-30b-a3b", nemotron_3_nano_30b_a3b),
    ENTRY("nemotron-3-super-120b-a12b", nemotron_3_super_120b_a12b),
    ENTRY("pangu-pro-moe-72b", pangu_pro_moe_72b),
    ENTRY("pangu-ultra-135b", pangu_ultra_135b),
    ENTRY("pangu-ultra-moe-718b", pangu_ultra_moe_718b),
    ENTRY("qwen2.5-72b", qwen2_5_72b),
    ENTRY("qwen3-235b-a22b", qwen3_235b_a22b),
    ENTRY("qwen3-30b-a3b", qwen3_30b_a3b),
    ENTRY("qwen3-32b", qwen3_32b),
    ENTRY("qwen3-8b", qwen3_8b),
    ENTRY("qwen3-coder-480b-a35b", qwen3_coder_480b_a35b),
    ENTRY("turing-530b", turing_530b),
};

const tangram_model_file *tangram_model_files(size_t *count) {
    *count = sizeof(files) / sizeof(files[0]);
    return files;
}
