#include "include/CKernelCounts.h"

#include "training.h"

#include "lanes_counting.hpp"

thread_local graph *current_graph = nullptr;

namespace {
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang diagnostic ignored "-Wunused-variable"
#pragma clang diagnostic ignored "-Wunused-but-set-variable"
#include "../CCostKernel/operators_body.h"
#include "../CCostKernel/collectives_body.h"
#include "../CCostKernel/exchange_body.h"
#include "../CCostKernel/training_layer_body.h"
#include "../CCostKernel/training_memory_body.h"
#include "../CCostKernel/training_step_body.h"
}  // namespace

tangram_operation_counts tangram_count_training(const void *job_table, const void *option_table) {
    const auto *job = static_cast<const tangram_training_job *>(job_table);
    const auto *option = static_cast<const tangram_training_option *>(option_table);
    graph values;
    current_graph = &values;
    const int32_t *numbers = &option->tensor;
    I inputs[TANGRAM_TRAINING_FIELDS];
    for (int i = 0; i < TANGRAM_TRAINING_FIELDS; i++) {
        inputs[i] = {numbers[i], values.put(operation::input, false, -1, -1, -1, i)};
    }
    const training_lanes lanes = {
        .tensor = inputs[0],
        .pipeline = inputs[1],
        .virtual_stages = inputs[2],
        .context = inputs[3],
        .data = inputs[4],
        .expert = inputs[5],
        .expert_tensor = inputs[6],
        .zero = inputs[7],
        .micro_batch = inputs[8],
        .recompute = inputs[9],
        .schedule = inputs[10],
        .exchange = inputs[11],
        .last_layers = inputs[12],
        .shard = inputs[13],
    };
    const training_result result = training_step(job, &lanes);
    current_graph = nullptr;

    // What step and bytes came from, back to the option.
    tangram_operation_counts counts = {0, 0, 0, 0, result.step.value, result.memory.total.value};
    std::vector<char> seen(values.nodes.size(), 0);
    std::vector<int> open = {result.step.node, result.memory.total.node};
    while (!open.empty()) {
        const int at = open.back();
        open.pop_back();
        if (at < 0 || seen[size_t(at)]) { continue; }
        seen[size_t(at)] = 1;
        const graph::node &node = values.nodes[size_t(at)];
        if (!node.varies || node.what == operation::input) { continue; }
        (node.is_double ? counts.double_count : counts.single_count) += 1;
        counts.division_count += node.what == operation::divide;
        counts.root_count += node.what == operation::root;
        for (int operand : {node.a, node.b, node.c}) { open.push_back(operand); }
    }
    return counts;
}
