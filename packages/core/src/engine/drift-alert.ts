import type { Code } from '../domain/code.ts'
import { isTakenAway } from '../domain/drift.ts'
import { changedText, decideCommand } from '../domain/drift-words.ts'
import { between, type Instant, plus } from '../domain/instant.ts'
import type { Alert, StayView } from '../ports/stores.ts'

export interface DriftAlert {
  readonly alert?: Omit<Alert, 'kind' | 'subject'>
  /** When it gets louder, or is over. */
  readonly edges: readonly Instant[]
}

/** A code of this stay that somebody changed and that waits for a person's word, or that a person took from its guest. */
export function driftAlert({ path, devices, policy }: StayView, codes: readonly Code[], now: Instant): DriftAlert {
  const open = codes.filter(
    (code) =>
      code.want === 'present' && now < code.window.until && (code.drift?.state === 'asked' || isTakenAway(code)),
  )
  const [first] = open.toSorted((a, b) => (a.window.from < b.window.from ? -1 : 1))
  if (!first?.drift) return { edges: [] }
  const { from, until } = first.window
  const door =
    path.find(({ entry }) => entry.kind === 'device' && entry.deviceId === first.deviceId)?.name ??
    devices.find(({ id }) => id === first.deviceId)?.name ??
    'a door'
  const others = open.length === 1 ? '' : ` The same at ${open.length - 1} more of this stay's doors.`
  const ahead = between(now, from)
  const isAsked = first.drift.state === 'asked'
  return {
    edges: [plus(from, -policy.warnBefore), plus(from, -policy.pageBefore), until],
    alert: {
      text: isAsked
        ? `Somebody changed a guest's code at ${door}: ${changedText(first.drift)}. Nothing is done about it until you decide.${others}`
        : `A person took a guest's code away at ${door}: ${changedText(first.drift)}. The guest does not get in there with it.${others}`,
      remedy: isAsked
        ? `Put it right: ${decideCommand(first, 'restore')}. Or let it stand: ${decideCommand(first, 'accept')}`
        : `Put it right: ${decideCommand(first, 'restore')}. Or let the guest in yourself.`,
      // At the edge itself, because that is when this is judged again.
      loud: ahead <= policy.pageBefore ? 'page' : ahead <= policy.warnBefore ? 'urgent' : 'warn',
    },
  }
}
