import { civilAt } from '../domain/civil-time.ts'
import type { Instant } from '../domain/instant.ts'
import type { AccessPlan } from '../domain/plan-access.ts'
import type { GrantPlan } from '../domain/plan-grants.ts'
import { isDeviceDoor } from '../domain/property.ts'
import type { StayView, TimelineEntry } from '../ports/stores.ts'
import type { Allotment } from './allot-pins.ts'
import { troubleLines } from './trouble.ts'

/** What a person reads later: what was decided, and for everything not done why, and what helps. */
export function storyOf(
  view: StayView,
  plan: GrantPlan,
  access: AccessPlan,
  allotment: Allotment,
  recollected: readonly TimelineEntry[] = [],
): TimelineEntry[] {
  const bookingId = view.booking.id
  const doorOf = (deviceId: string) =>
    view.path.find((door) => isDeviceDoor(door) && door.entry.deviceId === deviceId)?.name ??
    view.devices.find(({ id }) => id === deviceId)?.name ??
    'a door'
  const doorOfCode = (codeId: string) => doorOf(view.codes.find(({ id }) => id === codeId)?.deviceId ?? '')
  const lines: TimelineEntry[] = [...recollected]
  const say = (kind: string, text: string, remedy?: string) =>
    lines.push({ bookingId, kind, text, ...(remedy === undefined ? {} : { remedy }) })
  if (plan.status !== 'granted') say(plan.status, plan.reason.text, plan.reason.remedy)
  else {
    const { window } = plan.grant
    const zone = view.property?.zone ?? 'UTC'
    const span = `${wall(window.from, zone)} to ${wall(window.until, zone)}`
    if (recollected.length + access.create.length + view.codes.length === 0 && plan.grant.path.some(isDeviceDoor))
      say(
        'too-early',
        `Access to ${view.unit?.name ?? 'the flat'} from ${span}. The codes go to the doors ${hours(view.policy.pushAhead)} h before.`,
        'Nothing to do: the hub does it by itself.',
      )
    const made = access.create
      .filter(({ deviceId }) => allotment.pins.has(deviceId))
      .map(({ deviceId }) => doorOf(deviceId))
    if (made.length > 0)
      say(
        'code-planned',
        `Access to ${view.unit?.name ?? 'the flat'} from ${span}: ${allotment.fresh ? 'a new PIN' : 'the same PIN'} for ${made.join(', ')}.`,
      )
    const overruled = access.rewindow.filter(({ codeId }) =>
      view.codes.some(({ id, drift }) => id === codeId && drift?.what.includes('window')),
    )
    if (overruled.length > 0)
      say(
        'drift-overruled',
        `The stay has other dates, so they count again at ${overruled.map(({ codeId }) => doorOfCode(codeId)).join(', ')}, where somebody had changed the code's own.`,
      )
    if (access.rewindow.length > 0) say('window-changed', `Access is now from ${span}, with the same PIN.`)
  }
  if (access.repin.length > 0 && !allotment.problem)
    say(
      'pin-replaced',
      `${access.repin.map(doorOfCode).join(', ')} does not take the PIN, so the stay gets another one.`,
    )
  if (access.waiting.length > 0)
    say(
      'make-before-break',
      `The code at ${access.waiting.map(doorOfCode).join(', ')} stays until the new door is proven and the guest has been told.`,
    )
  for (const { codeId, cause } of access.close)
    say('code-ending', `The code at ${doorOfCode(codeId)} has to go: ${causes[cause]}.`)
  if (allotment.failure) lines.push(...troubleLines([bookingId], allotment.failure.error))
  if (allotment.problem) say('no-pin-possible', allotment.problem.text, allotment.problem.remedy)
  return lines
}

const causes = {
  cancelled: 'the booking is cancelled',
  moved: 'the guest has moved',
  over: 'the stay is over',
  replaced: 'it is replaced',
  person: 'a person ended it',
}

const hours = (milliseconds: number) => Math.round(milliseconds / 3_600_000)

function wall(at: Instant, zone: string): string {
  const { date, time } = civilAt(at, zone)
  return `${date} ${time}`
}
