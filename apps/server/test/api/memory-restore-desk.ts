import type { Instant } from '@stayward/core'
import type { RestoreDesk } from '../../src/persistence/memory/restore-desk.ts'

const at = (time: string) => `2026-07-01T${time}:00.000Z` as Instant // has the shape

/** A database that has forgotten an hour, in which one code of one tenant was made. */
export function memoryRestoreDesk(tenantId: () => string): RestoreDesk {
  const noticed = { from: at('08:00'), until: at('09:00'), at: at('09:05'), cause: 'behind' } as const
  const adopted = [{ ref: '9001', text: 'Found on Street door: the code of this stay.' }]
  return {
    state: async () => ({ state: 'restoring', ...noticed }),
    findings: async (asked) => ({
      adopted: asked === tenantId() ? adopted : [],
      perhapsTold: [],
      waiting: [],
      strays: [],
      unread: [],
    }),
    elsewhere: async () => ({ tenants: 3, adopted: 0, perhapsTold: 0, waiting: 2, strays: 0, unread: 1 }),
    confirm: async () => false,
  }
}
