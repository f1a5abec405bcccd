import type { Code } from './code.ts'
import type { CodeStep } from './code-step.ts'
import { type Instant, plus } from './instant.ts'
import { limits } from './limits.ts'
import { factsOf, type Message, type MessageKind, type Told } from './message.ts'
import { isTaken } from './message-ledger.ts'

/**
 * What the store has forgotten, because it was set back to what it was at `from`: everything until `until`, while locks and
 * phones went on. Until a person has confirmed, the hub reads and adopts what it finds; it writes, removes and sends nothing.
 */
export interface LostTime {
  readonly from: Instant
  readonly until: Instant
  readonly confirmedAt?: Instant
}

export function isRestoring(lost: LostTime | undefined): boolean {
  return lost !== undefined && lost.confirmedAt === undefined
}

/** A device's plan without what would change the device: by an old store it would take from guests what they were given since. */
export function withheld(steps: readonly CodeStep[], lost: LostTime | undefined, now: Instant): readonly CodeStep[] {
  if (!isRestoring(lost)) return steps
  const until = plus(now, limits.sweepNear)
  return steps.map((step): CodeStep => {
    switch (step.do) {
      case 'remove':
        // Somebody has taken it away in the lost time, and that is only noted.
        if (step.because === 'unlisted')
          return { do: 'wait', code: step.code, until: plus(now, limits.vanished), because: 'vanished' }
        return { do: 'wait', code: step.code, until, because: 'restoring' }
      case 'write':
      case 'drift': // what was written in the lost time was changed by nobody
      case 'repin':
        return { do: 'wait', code: step.code, until, because: 'restoring' }
      case 'note':
      case 'wait':
      case 'report':
        return step
    }
  })
}

export interface ToTell {
  readonly channel: string
  readonly kind: MessageKind
  readonly told: Told
  /** Of this stay, as they are known now. */
  readonly codes: readonly Code[]
  readonly ledger: readonly Message[]
  /** When the booking changed last, if its booking system says so. */
  readonly changedAt: Instant | undefined
  /** When the booking became known, as far as the store remembers. */
  readonly knownSince: Instant
  readonly now: Instant
}

/**
 * Whether the guest may have been told this in the lost time. A guest is told what the doors hold: a code that was made
 * afterwards was not told before. What was settled on a channel since then is not asked again.
 */
export function mayHaveBeenTold(
  { channel, kind, told, codes, ledger, changedAt, knownSince, now }: ToTell,
  lost: LostTime,
): boolean {
  if (ledger.some((message) => message.channel === channel && message.createdAt >= lost.until)) return false
  // Somebody whose code still has to be taken away has not been told that it is gone.
  if (kind === 'withdrawal')
    return codes.length === 0 ? isRestoring(lost) : codes.every((code) => wasFoundGone(code, lost))
  const present = codes.filter(({ want }) => want === 'present')
  if (present.length === 0) return knownSince <= (lost.confirmedAt ?? now)
  const isOld = (code: Code) => wantedBefore(code, lost) || isUntouched(code, lost)
  // Made anew beside one that was found, with its PIN: its device hides the PIN by which it would have been found as well.
  const isBeside = (code: Code) =>
    wantedSoonAfter(code, lost) && present.some((other) => isOld(other) && other.pin === code.pin)
  return (
    present.every((code) => isOld(code) || isBeside(code)) ||
    ((wasToldOnce(told, ledger, lost) || (wasChangedIn(lost, changedAt) && hadThesePins(told, ledger, lost))) &&
      present.every((code) => wantedSoonAfter(code, lost)))
  )
}

/**
 * The guest was told just this before, and something else since: it is as it was, and nobody can say since when. The codes
 * of it are made anew where a device hides the PINs by which they would be known again.
 */
function wasToldOnce(told: Told, ledger: readonly Message[], { from }: LostTime): boolean {
  const facts = factsOf(told)
  return ledger.some(
    (message) =>
      message.kind !== 'withdrawal' && isTaken(message) && message.createdAt <= from && factsOf(message.told) === facts,
  )
}

/** With the PIN that the guest had been told for each door: a stay that comes back has it again, whichever hub makes the code. */
function hadThesePins({ doors }: Told, ledger: readonly Message[], { from }: LostTime): boolean {
  const enters = new Set(
    ledger.flatMap(({ told, createdAt }) => (createdAt <= from ? told.doors.map(({ enter }) => enter) : [])),
  )
  return doors.every(({ enter }) => enters.has(enter))
}

const wasChangedIn = ({ from, until }: LostTime, changedAt: Instant | undefined) =>
  changedAt !== undefined && changedAt > from && changedAt <= until

/**
 * The guest was told the code, which is wanted as it was, and which had to be put back afterwards: it was taken away in the lost
 * time, perhaps for a cancellation that was taken back, and then the guest was told that it is withdrawn.
 */
export function mayHaveBeenWithdrawn({ codes, ledger }: Pick<ToTell, 'codes' | 'ledger'>, lost: LostTime): boolean {
  const { from, confirmedAt } = lost
  const last = ledger.findLast(isTaken)
  if (confirmedAt === undefined || !last || last.kind === 'withdrawal' || last.createdAt > from) return false
  const isPutBack = ({ want, wantedSince, writtenAt }: Code) =>
    want === 'present' &&
    wantedSince <= from &&
    writtenAt !== undefined &&
    writtenAt >= confirmedAt &&
    writtenAt <= plus(confirmedAt, limits.sweepFar)
  return codes.some(isPutBack)
}

/**
 * The booking was changed in the lost time after the last that is known to have been told, and is as it was told then: a change
 * and its opposite, of which the guest may have heard the first alone.
 */
export function mayHaveBeenToldOtherwise(
  { told, ledger, changedAt }: Pick<ToTell, 'told' | 'ledger' | 'changedAt'>,
  lost: LostTime,
): boolean {
  const last = ledger.findLast(isTaken)
  if (!last || last.kind === 'withdrawal' || factsOf(last.told) !== factsOf(told)) return false // it is told what is so
  const toldAt = last.claimedAt ?? last.createdAt
  return toldAt <= lost.until && changedAt !== undefined && changedAt > toldAt && wasChangedIn(lost, changedAt)
}

/** Its removal is written down nowhere, and its device does not list it. */
function wasFoundGone(code: Code, lost: LostTime): boolean {
  return code.want === 'absent' && code.evidence !== 'planned' && isUntouched(code, lost)
}

const isUntouched = ({ writtenAt }: Code, { until }: LostTime) => writtenAt !== undefined && writtenAt <= until

/**
 * Wanted as it is by the time a person confirmed: from the first readings after the store was set back, which find what
 * changed in the lost time. A device that hides dates is given them anew, so that this write says nothing of them.
 */
const wantedBefore = ({ wantedSince }: Code, { until, confirmedAt }: LostTime) =>
  wantedSince <= until || (confirmedAt !== undefined && wantedSince < confirmedAt)

/** Doors that could not be read yet are waited for that long, before a code is made for them. */
const wantedSoonAfter = ({ wantedSince }: Code, { until, confirmedAt = until }: LostTime) =>
  wantedSince <= plus(confirmedAt, limits.adoptWithin)
