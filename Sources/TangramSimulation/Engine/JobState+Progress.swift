extension JobState {
    /// Whether a service is turned off; one without an end goes on for as long as there are jobs.
    func isOver(at seconds: Double, othersAreDone: Bool) -> Bool {
        guard let end = job.endSeconds else { return othersAreDone }
        return end <= seconds
    }

    /// When the job will be done with its work, or its part of the round; nil where it stands still.
    var endSeconds: Double? {
        guard option != nil, !isParked, rate > 0 else { return nil }
        return max(settledAt, resumesAt) + min(quota, remainingWork) / rate
    }

    /// Counts what the job did until `now`.
    mutating func settle(at now: Double) {
        guard let choice = option, !isParked, now > settledAt else { return }
        let held = now - settledAt
        let start = min(now, max(settledAt, resumesAt))
        let done = min(rate * (now - start), quota, remainingWork)
        settledAt = now
        remainingWork -= done
        quota -= done
        secondsOnPool[record.job.options[choice].pool] += held
        if record.hasJoint {
            for share in record.job.options[choice].others { secondsOnPool[share.pool] += held }
        }
        attainedDeviceSeconds += held * Double(record.deviceCounts[choice])
        guard nextCheckpointAt <= now else { return }
        let interval = record.job.checkpointIntervalSeconds
        let missed = ((now - nextCheckpointAt) / interval).rounded(.down)
        nextCheckpointAt += missed * interval
        savedRemainingWork = remainingWork + rate * (now - nextCheckpointAt)
        nextCheckpointAt += interval
    }
}

extension SimulatedJob {
    /// Seconds that the job takes on 1/`jobCount` of every pool.
    func equalShareSeconds(deviceCounts: [Int], jobCount: Double) -> Double {
        var (rate, share) = (0.0, 0.0)
        // Shares of several pools at once only where no pool will do alone.
        for index in rigidOptions.isEmpty ? jointOptions : rigidOptions {
            let (pool, count) = (options[index].pool, options[index].deviceCount)
            var part = Double(deviceCounts[pool]) / jobCount / Double(count)
            if !options[index].others.isEmpty {
                for share in options[index].others {
                    let own = Double(deviceCounts[share.pool]) / jobCount
                    part = min(part, own / Double(share.deviceCount))
                }
            }
            rate += options[index].rate * part
            share += part
        }
        guard rate > 0 else { return .infinity }
        return work / (share > 1 ? rate / share : rate)
    }
}

extension ServiceLoad {
    /// Requests per second at a time.
    public func rate(at seconds: Double) -> Double {
        let day = 86_400.0
        return meanRate * max(0, 1 + swing * cosine(2 * Double.pi * (seconds - peakSeconds) / day))
    }
}
