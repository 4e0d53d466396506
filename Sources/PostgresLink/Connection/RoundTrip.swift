import CLibpq
import FreshetCore

/// One exchange with the server: what is sent, in order, and whose each answer is. In pipeline mode everything is sent
/// first and read afterwards; otherwise each command waits for its answer.
///
/// A unit is what fails together: one query with what it needs. A unit's error stays its own.
final class RoundTrip {
    struct Step {
        enum Role {
            case helper
            case prepare
            /// Its result is what the unit wants.
            case answer
            case sync
        }

        var role: Role
        var unit: Int
    }

    private let handle: PostgresHandle
    private let deadline: Deadline
    private let labels: [String]
    private let deliver: (Int, Step.Role, borrowing PostgresResult) throws(Fault) -> Void
    private var steps: [Step] = []
    private(set) var faults: [Int: Fault] = [:]
    /// A unit was aborted by the error of another one before it.
    private(set) var hasAborted = false
    /// Without a pipeline: what follows an error is not sent until the unit's end.
    private var isSkipping = false

    init(
        _ handle: PostgresHandle, _ deadline: Deadline, labels: [String],
        deliver: @escaping (Int, Step.Role, borrowing PostgresResult) throws(Fault) -> Void
    ) {
        self.handle = handle
        self.deadline = deadline
        self.labels = labels
        self.deliver = deliver
    }

    func add(_ role: Step.Role, unit: Int, send: (String) throws(Fault) -> Void) throws(Fault) {
        guard !isSkipping else { return }
        let step = Step(role: role, unit: unit)
        try send(labels[unit])
        if handle.isPipelined {
            steps.append(step)
        } else {
            try receive(step)
            isSkipping = faults[unit] != nil
        }
    }

    /// The end of a unit, or of the part of it that an error aborts.
    func sync(unit: Int) throws(Fault) {
        isSkipping = false
        guard handle.isPipelined else { return }
        try handle.sync()
        steps.append(Step(role: .sync, unit: unit))
    }

    func finish() throws(Fault) {
        for step in steps { try receive(step) }
        steps.removeAll()
    }

    /// The same, and what there is to do while an answer isn't there yet.
    func finish(_ meanwhile: Meanwhile?) async throws(Fault) {
        var meanwhile = meanwhile
        for step in steps {
            while let now = meanwhile,
                try handle.waits(deadline, beside: now.descriptor, doing: labels[step.unit])
            {
                if await !now.act() { meanwhile = nil }
            }
            try receive(step)
        }
        steps.removeAll()
    }

    /// A command's results end with nothing; a sync's result stands alone.
    private func receive(_ step: Step) throws(Fault) {
        let what = labels[step.unit]
        var isAnswered = false
        while true {
            guard let result = try handle.next(deadline, doing: what) else {
                if isAnswered { return }
                let code: Fault.Code = handle.isBroken ? .connectionLost : .protocolViolation
                throw Fault(.postgres, code, "\(what): no result; \(PostgresFault.oneLine(handle.errorText))")
            }
            isAnswered = true
            if try accept(result, step, what) { return }
        }
    }

    /// Answers whether the step is over with this result.
    private func accept(_ result: borrowing PostgresResult, _ step: Step, _ what: String) throws(Fault) -> Bool {
        switch result.status {
        case PGRES_PIPELINE_SYNC:
            guard step.role == .sync else {
                throw Fault(.postgres, .protocolViolation, "\(what): the pipeline's order is lost")
            }
            return true
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            guard faults[step.unit] == nil, step.role != .helper else { return false }
            do { try deliver(step.unit, step.role, result) } catch { faults[step.unit] = error }
        case PGRES_PIPELINE_ABORTED:
            if faults[step.unit] == nil {
                hasAborted = true
                faults[step.unit] = Fault(.postgres, .protocolViolation, "\(what): aborted without an error of its own")
            }
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
            let (fault, endsConnection) = PostgresFault.of(result, doing: what)
            if endsConnection || handle.isBroken { throw fault }
            if faults[step.unit] == nil { faults[step.unit] = fault }
        default:
            throw Fault(.postgres, .protocolViolation, "\(what): COPY is not possible here")
        }
        return false
    }
}
