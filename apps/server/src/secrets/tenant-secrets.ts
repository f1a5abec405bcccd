import { createHmac, randomBytes } from 'node:crypto'
import type { MasterKeys } from './master-keys.ts'
import { open, type Place, seal } from './sealed-value.ts'

/** One tenant's key, opened. */
export interface DataKey {
  readonly tenantId: string
  readonly kid: string
  readonly sealing: Uint8Array
  /** Goes on when the sealing key is rotated: fingerprints must stay comparable for the PIN cool-down. */
  readonly fingerprinting: Uint8Array
}

/** Seals and opens what belongs to one tenant. Everything here is synchronous. */
export interface TenantSecrets {
  seal(plain: string | Uint8Array, place: Place): string
  open(sealed: string, place: Place): string
  openBytes(sealed: string, place: Place): Uint8Array
  /** A keyed hash of a PIN on a device: equal for equal input, useless without the tenant's key. */
  fingerprint(deviceId: string, pin: string): string
}

/** `keys` as they are stored, newest first: the first one seals, all of them open. */
export function tenantSecrets(keys: readonly [DataKey, ...DataKey[]]): TenantSecrets {
  const [current] = keys
  const { tenantId } = current
  const keyOf = (kid: string) => keys.find((key) => key.kid === kid)?.sealing
  const openBytes = (sealed: string, place: Place) => open(sealed, keyOf, { tenantId, ...place })
  return {
    seal: (plain, place) => seal(plain, current.sealing, current.kid, { tenantId, ...place }),
    open: (sealed, place) => openBytes(sealed, place).toString('utf8'),
    openBytes,
    fingerprint: (deviceId, pin) =>
      // The zero byte keeps device and PIN apart: ("d1", "23") is not ("d12", "3").
      createHmac('sha256', current.fingerprinting).update(`${deviceId}\0${pin}`).digest('base64url'),
  }
}

export function newDataKey(tenantId: string, previous?: DataKey): DataKey {
  return {
    tenantId,
    kid: `t${randomBytes(6).toString('hex')}`,
    sealing: randomBytes(32),
    fingerprinting: previous?.fingerprinting ?? randomBytes(32),
  }
}

/** The tenant's key as it is stored, sealed under the current master key. */
export function sealDataKey({ tenantId, kid, sealing, fingerprinting }: DataKey, masters: MasterKeys): string {
  return masters.seal(Buffer.concat([sealing, fingerprinting]), placeOfKey(tenantId, kid))
}

export function openDataKey(tenantId: string, kid: string, sealed: string, masters: MasterKeys): DataKey {
  const bytes = masters.open(sealed, placeOfKey(tenantId, kid))
  return { tenantId, kid, sealing: bytes.subarray(0, 32), fingerprinting: bytes.subarray(32, 64) }
}

function placeOfKey(tenantId: string, kid: string) {
  return { tenantId, table: 'tenant_key', column: 'sealed_key', row: kid }
}
