import type { Instant } from '@stayward/core'
import type { DoorDesk, OpenResult } from '../../src/persistence/door-desk.ts'

const at = '2026-07-01T10:00:00.000Z' as Instant // has the shape of one

/** One tenant's door `loft`, which opens, and `yard`, which has nothing to open it with. */
export function memoryDoorDesk(tenantId: () => string): DoorDesk {
  const given: Extract<OpenResult, { status: 'given' }>['opening'][] = []
  return {
    openings: async (tenant) => (tenant === tenantId() ? given.toReversed() : []),
    open: async (tenant, { door, by, why }) => {
      if (tenant !== tenantId() || (door !== 'loft' && door !== 'yard'))
        return { status: 'no-door', text: 'There is no such door.', remedy: 'See them.' }
      if (door === 'yard') return { status: 'cannot-open', text: 'Nothing at Yard can.', remedy: 'Open it yourself.' }
      const answer = { outcome: 'accepted', text: 'The vendor took the order.', remedy: 'Ask.', at } as const
      const opening = { id: `o${given.length}`, door: { id: 'd1', name: 'Loft' }, at, by, why, answer }
      given.push(opening)
      return { status: 'given', again: false, opening }
    },
  }
}
