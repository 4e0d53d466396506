extension Counter {
    package var series: Series {
        switch self {
        case .received: Series("freshet_received_total", "Records that the log handed out.")
        case .receivedBytes: Series("freshet_received_bytes_total", unit: .bytes, "Their keys and values.")
        case .dropped: Series("freshet_dropped_total", "Records of an assignment that was over: somebody else's now.")
        case .repeated:
            Series("freshet_repeated_total", "Records that were delivered again after their outcome had been counted.")
        case .skipped: Series("freshet_skipped_total", "Offsets that recovery, or an order, passed over.")
        case .changes: Series("freshet_changes_total", "Changes that were decoded from records.")
        case .coalesced: Series("freshet_coalesced_total", "Changes that another change of the batch stood for.")
        case .batches: Series("freshet_batches_total", "Batches that were acknowledged.")
        case .chunks: Series("freshet_chunks_total", "Calls of the apply script.")
        case .wholeKinds: Series("freshet_whole_kinds_total", "Kinds that were invalidated as a whole.")
        case .retries: Series("freshet_retries_total", "Attempts that were repeated in place.")
        case .gateWaits: Series("freshet_gate_waits_total", "Changes that came before their projection.")
        case .pendingAdded: Series("freshet_pending_added_total", "Second effects that were written down.")
        case .pendingDone: Series("freshet_pending_done_total", "Second effects that were performed.")
        case .rebuilds: Series("freshet_rebuilds_total", "Rebuilds of the cache that were finished.")
        case .upkeep(let label):
            Series("freshet_upkeep_total", ["work": label.text], "Work done for whole kinds, beside the events.")
        case .upkeepWritten: Series("freshet_upkeep_written_total", "Keys that upkeep loaded.")
        case .upkeepCompared: Series("freshet_upkeep_compared_total", "Keys that upkeep compared with PostgreSQL.")
        case .upkeepWrong: Series("freshet_upkeep_wrong_total", "Of these, keys whose value was wrong.")
        case .samples(let age, let label):
            Series(
                "freshet_consistency_samples_total", ["after": age.text, "result": label.text],
                "Applied changes that were compared with their read model later.")
        case .records(let label):
            Series("freshet_records_total", ["outcome": label.text], "Records by what became of them.")
        case .rejections(let label):
            Series("freshet_rejections_total", ["reason": label.text], "Records at fault themselves, by reason.")
        case .keys(let label): Series("freshet_keys_total", ["action": label.text], "Keys touched, by what was done.")
        case .applyReplies(let label):
            Series("freshet_apply_replies_total", ["reply": label.text], "Answers of the apply script.")
        case .faults(let dependency, let label):
            Series(
                "freshet_faults_total", ["dependency": dependency.text, "class": label.text],
                "Failures of dependencies by class.")
        case .reconnects(let dependency):
            Series("freshet_reconnects_total", ["dependency": dependency.text], "Connections made again.")
        case .pauses(let dependency):
            Series("freshet_pauses_total", ["dependency": dependency.text], "Times that work stopped for an outage.")
        case .breaker(let dependency, let label):
            Series(
                "freshet_breaker_transitions_total", ["dependency": dependency.text, "to": label.text],
                "State changes of the circuit breaker.")
        case .rebalances(let label):
            Series("freshet_rebalances_total", ["event": label.text], "What the group's protocol said.")
        case .recoveries(let label, let strategy):
            Series(
                "freshet_recoveries_total", ["found": label.text, "strategy": strategy.text],
                "Decisions about where a partition starts.")
        case .commits(let label): Series("freshet_commits_total", ["result": label.text], "Offset commits.")
        case .letters(let label):
            Series("freshet_letters_total", ["topic": label.text], "Letters that the broker acknowledged.")
        }
    }
}
