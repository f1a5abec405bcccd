import type { Instant } from '@stayward/core'
import type { ChangedCode, CodeDesk } from '../../src/persistence/code-desk.ts'

const at = '2026-07-01T10:00:00.000Z' as Instant // has the shape of one

/** One tenant's code `k1`, changed outside, which waits until somebody decides. */
export function memoryCodeDesk(tenantId: () => string): CodeDesk {
  let waiting: ChangedCode = {
    id: 'k1',
    bookingId: 'b1',
    ref: '90210002',
    door: 'Loft',
    what: ['window'],
    since: at,
    state: 'asked',
    window: { from: at, until: at },
    stay: { from: at, until: at },
  }
  return {
    changed: async (tenant) => (tenant === tenantId() ? [waiting] : []),
    handMade: async (tenant) =>
      tenant === tenantId()
        ? [{ id: 'h1', deviceId: 'd1', door: 'Loft', label: 'Martin family', until: at, showsPin: true }]
        : [],
    adopt: async (tenant, id, bookingId) =>
      tenant !== tenantId() || id !== 'h1' ? 'unknown' : bookingId === 'b1' ? 'asked' : 'in-house',
    decide: async (tenant, codeId, decision) => {
      if (tenant !== tenantId() || codeId !== waiting.id) return false
      waiting = { ...waiting, state: decision }
      return true
    },
  }
}
