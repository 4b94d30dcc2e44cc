import TangramCost
import TangramHardware
import TangramUnits

/// Where each term of a training estimate comes from: its arithmetic, and the data it rests on.
struct TermSources {
    var estimate: TrainingEstimate
    var group: DeviceGroup
    var stack: SoftwareStack

    func lines(_ style: TextStyle) -> [String] {
        var lines = [style.apply(.bold, "Where the terms come from")]
        for part in estimate.breakdown {
            lines.append("  \(part.cause.rawValue), \(part.time): \(Self.arithmetic(part.cause))")
        }
        for part in estimate.memory.parts {
            lines.append("  \(part.name), \(part.bytes): \(Self.memory(part.name))")
        }
        let profile = group.accelerator.efficiency
        lines.append("  rates of \(profile.architecture): \(profile.source)".printable)
        if profile.curves != nil {
            lines.append("  curves of single operators: docs/accuracy.md, Operators")
        }
        if let exchange = estimate.expertExchange {
            lines.append("  exchange with experts: \(exchange.summary)")
        }
        lines.append("  software: stack \(stack.id)")
        lines.append(
            "  inside nodes: \(group.scaleUp.link.id), \(group.scaleUp.link.provenance.source)"
                .printable)
        lines.append(
            "  between nodes: \(group.scaleOut.link.id), "
                + "\(group.scaleOut.link.provenance.source)".printable)
        lines.append(
            "  \(group.accelerator.id): \(group.accelerator.provenance.source)".printable)
        return lines
    }

    private static func arithmetic(_ cause: TimePart.Cause) -> String {
        switch cause {
        case .matrixMultiply, .experts:
            "2·M·N·K FLOP forward, twice that backward; launch + ‖FLOP, bytes‖ on the curve"
        case .attention:
            "half of the square forward, 2.5 times that backward (arXiv 2307.08691, §4)"
        case .elementwise: "bytes read and written by norms, activations, rotary embedding, casts"
        case .recompute: "what the backward pass computes again (arXiv 2205.05198)"
        case .tensorParallel:
            "gathers and scatters of sequence-parallel blocks (arXiv 2205.05198, §4.2.2)"
        case .contextParallel: "keys and values between ranks (arXiv 2310.01889, 2309.14509)"
        case .expertParallel:
            "tokens to experts and back, copies for one node or rank merged where software does"
        case .pipelineParallel: "hidden states to the next stage and gradients back"
        case .bubble: "stages filling and draining (arXiv 2104.04473, §2.2; 2412.19437, Table 2)"
        case .dataParallel:
            "gradients scattered and weights gathered, what no pass hides (arXiv 1910.02054)"
        case .optimizer: "30 bytes a parameter moved by Adam in mixed precision"
        case .host: "kernels that the host launches more slowly than the device runs them"
        case .interleaving, .queueing, .encoder, .offload: "serving"
        }
    }

    private static func memory(_ name: String) -> String {
        switch name {
        case "weights": "16 bits, and narrow copies that multiplications need"
        case "gradients": "in the stack's format"
        case "optimizer states": "12 bytes a parameter, sharded from ZeRO-1 on (arXiv 1910.02054)"
        case "activations": "per operator, micro-batches in flight (arXiv 2205.05198, 2104.04473)"
        default: "runtime, libraries and buffers"
        }
    }
}
