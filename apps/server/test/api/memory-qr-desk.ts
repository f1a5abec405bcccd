import { AdapterError } from '@stayward/core'
import type { QrDesk } from '../../src/persistence/qr-desk.ts'

/** One tenant's code `k1`, which can be drawn, `k2`, which cannot, and `k3`, whose device does not answer. */
export function memoryQrDesk(tenantId: () => string): QrDesk {
  return {
    codesOf: async () => [],
    draw: async (tenant, codeId) => {
      if (tenant !== tenantId()) return { status: 'no-code' }
      if (codeId === 'k1') return { status: 'drawn', svg: '<svg></svg>', png: Uint8Array.of(0x89, 0x50, 0x4e, 0x47) }
      if (codeId === 'k2') return { status: 'cannot-draw', text: 'No camera.', remedy: 'Give the PIN.' }
      if (codeId === 'k3') throw new AdapterError('unreachable', 'The device is away.', { remedy: 'See to it.' })
      return { status: 'no-code' }
    },
  }
}
