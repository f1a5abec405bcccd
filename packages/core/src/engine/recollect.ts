import { adoptable, type Stray } from '../domain/adopt-codes.ts'
import type { Code } from '../domain/code.ts'
import { between, earliest, type Instant, plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import { isRestoring, type LostTime } from '../domain/lost-time.ts'
import type { AccessPlan } from '../domain/plan-access.ts'
import type { GrantPlan } from '../domain/plan-grants.ts'
import { isDeviceDoor } from '../domain/property.ts'
import type { StayView, TimelineEntry } from '../ports/stores.ts'
import type { Engine } from './engine.ts'
import { newCode } from './new-code.ts'

/** What is left of a plan once it is seen what the doors hold from the time that the store has forgotten. */
export interface Recollected {
  readonly view: StayView
  readonly access: AccessPlan
  /** Codes found on doors, for the ledger. */
  readonly adopted: readonly Code[]
  readonly story: readonly TimelineEntry[]
}

/**
 * After the store was set back: codes that the hub made in the lost time are taken up again with their PINs. New ones are
 * not made before a person has confirmed, nor, for a while, for a door that has not been read since.
 */
export function recollect(
  engine: Engine,
  view: StayView,
  { plan, access }: { readonly plan: GrantPlan; readonly access: AccessPlan },
  now: Instant,
): Recollected {
  const lost = engine.lostTime?.()
  if (!lost) return { view, access, adopted: [], story: [] }
  const restoring = isRestoring(lost)
  const patient = restoring || now < plus(lost.confirmedAt ?? lost.until, limits.adoptWithin)
  const unread = access.create.filter(({ deviceId }) => {
    const readAt = view.devices.find(({ id }) => id === deviceId)?.readAt
    return readAt === undefined || readAt < lost.until
  })
  // Which of two guests a code on the street door is for, the flat's own door may have to tell.
  const readable = plan.status === 'granted' && !(patient && unread.length > 0)
  const found = readable ? adoptable({ ...strayFacts(view, lost), grant: plan.grant }) : new Map<string, Stray>()
  const adopted = access.create.flatMap(({ deviceId, window }): Code[] => {
    const stray = found.get(deviceId)
    if (!stray) return []
    const { pin, mark, vendorRef } = stray
    const code = newCode(engine, view, { deviceId, window, pin })
    // Which dates it has is not shown: it is written once more, unless its guest has come by it already.
    const isUnsure = stray.window === undefined && window.from > now
    return [{ ...code, mark, vendorRef, evidence: isUnsure ? 'planned' : 'accepted', writtenAt: lost.until }]
  })
  const missing = access.create.filter(({ deviceId }) => !found.has(deviceId))
  const waiting = restoring || (patient && unread.length > 0) ? missing : []
  const again = plus(now, Math.max(engine.pace.proofAgain, between(lost.until, now) / 4))
  const next = patient && unread.length > 0 ? earliest(again, access.next ?? again) : access.next
  return {
    view: { ...(restoring ? hurried(view) : view), codes: [...view.codes, ...adopted] },
    access: {
      ...access,
      create: missing.filter((one) => !waiting.includes(one)),
      repin: restoring ? [] : access.repin,
      close: restoring ? access.close.filter((end) => !isOldEnd(view, end, now)) : access.close,
      ...(next === undefined ? {} : { next }),
    },
    adopted,
    story: [...adoptedLine(view, adopted), ...waitingLine(view, waiting, restoring)],
  }
}

/**
 * By an old store a stay is over that was made longer since; nothing is taken away meanwhile anyway. One whose code still had
 * time was made shorter, which the store did not know: its code is not put back when a person confirms.
 */
function isOldEnd({ codes }: StayView, { codeId, cause }: AccessPlan['close'][number], now: Instant): boolean {
  return cause === 'over' && codes.some(({ id, window }) => id === codeId && window.until <= now)
}

const strayFacts = ({ codes, lastPins, strays = [], nightsSharedUntil }: StayView, { from }: LostTime) => ({
  codes,
  strays,
  lostFrom: from,
  // Who had cancelled before the lost time was given no code in it.
  sharesNights: nightsSharedUntil !== undefined && nightsSharedUntil > from,
  ...(lastPins === undefined ? {} : { lastPins }),
})

/** While nothing is written, a person is called for every arrival as early as they would otherwise be warned. */
function hurried(view: StayView): StayView {
  const { warnBefore, pageBefore } = view.policy
  return { ...view, policy: { ...view.policy, pageBefore: Math.max(warnBefore, pageBefore) } }
}

function doorNames({ path }: StayView, codes: readonly { readonly deviceId: string }[]): string {
  const devices = new Set(codes.map(({ deviceId }) => deviceId))
  const doors = path.filter(isDeviceDoor).filter(({ entry }) => devices.has(entry.deviceId))
  return doors.map(({ name }) => name).join(', ')
}

function adoptedLine(view: StayView, adopted: readonly Code[]): TimelineEntry[] {
  if (adopted.length === 0) return []
  const text = `Found on ${doorNames(view, adopted)}: the code of this stay, made in the time that the database has forgotten. It is kept, with its PIN.`
  return [{ bookingId: view.booking.id, kind: 'code-adopted', text, cause: 'vendor' }]
}

function waitingLine(view: StayView, waiting: AccessPlan['create'], restoring: boolean): TimelineEntry[] {
  if (waiting.length === 0) return []
  const doors = doorNames(view, waiting)
  return [
    {
      bookingId: view.booking.id,
      kind: 'restoring',
      text: restoring
        ? `The database was set back, so no code is made for ${doors} before a person has confirmed it.`
        : `No code is made for ${doors} yet: the door has to be read first, because it may hold one from the time that the database has forgotten.`,
      remedy: 'See what was found, and confirm: stayward restore status',
    },
  ]
}
