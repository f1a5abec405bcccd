import type { Code } from '../domain/code.ts'
import type { Instant } from '../domain/instant.ts'
import type { TimelineEntry } from '../ports/stores.ts'
import type { OpenKeypad } from './read-device.ts'

/** What a person reads when the evidence of a code has moved. */
export function evidenceLine(
  doorName: string,
  { vendor, capabilities }: Pick<OpenKeypad, 'vendor' | 'capabilities'>,
  code: Code,
  before: Code | undefined,
): TimelineEntry[] {
  if (before?.evidence === code.evidence && before.want === code.want) return []
  const line = (kind: string, text: string): TimelineEntry[] => [
    { bookingId: code.bookingId, kind, text, cause: 'vendor' },
  ]
  const gone = code.want === 'absent'
  switch (code.evidence) {
    case 'accepted':
      return line(
        gone ? 'removal-accepted' : 'code-accepted',
        `${vendor} ${gone ? 'no longer lists the code' : 'has the code'} for ${doorName}; the door itself is still to confirm it.`,
      )
    case 'confirmed':
      if (!gone) return line('code-confirmed', `The code is on ${doorName}, read back.`)
      if (code.writtenAt === undefined) return line('code-gone', `The code for ${doorName} had not left the hub yet.`)
      if (capabilities.readBack === 'cloud')
        return line('code-gone', `The code at ${doorName} is over, and ${vendor} no longer lists it.`)
      return line('code-gone', `The code at ${doorName} is gone, read back.`)
    case 'used':
      return line(
        'code-used',
        `${doorName} was opened with the code${code.usedAt === undefined ? '' : ` on ${minuteOf(code.usedAt)}`}.`,
      )
    case 'planned':
    case 'sent':
      // What somebody has changed, and what is done about it, has a line of its own.
      return before && code.drift === undefined && before.evidence !== 'planned' && before.evidence !== 'sent'
        ? line('code-lost', `The code at ${doorName} is not as it should be any more; it is written again.`)
        : []
  }
}

/** `2026-07-10 14:03 UTC`. */
const minuteOf = (at: Instant) => `${at.slice(0, 16).replace('T', ' ')} UTC`
