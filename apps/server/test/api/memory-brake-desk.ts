import type { HeldLosses, Instant } from '@stayward/core'
import type { BrakeDesk } from '../../src/persistence/brake-desk.ts'

/** One tenant's brake with one list, `abc`, which waits until somebody decides. */
export function memoryBrakeDesk(tenantId: () => string): BrakeDesk {
  const waiting: HeldLosses = {
    list: 'abc',
    connection: { id: 'c1', name: 'smoobu' },
    since: '2026-07-01T10:00:00.000Z' as Instant, // has the shape of one
    stays: [{ bookingId: 'b1', bookingVersion: 2, ref: '90210002', arrival: '2026-07-10', codes: 2 }],
  }
  let decided: boolean | undefined
  return {
    lists: async (tenant) => (tenant === tenantId() && decided === undefined ? [waiting] : []),
    decide: async (tenant, list, approve) => {
      if (tenant !== tenantId() || list !== waiting.list || approve !== (decided ?? approve)) return undefined
      decided = approve
      return waiting.stays.length
    },
  }
}
