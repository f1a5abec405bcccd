import type { TenantSecrets } from '../secrets/tenant-secrets.ts'

/** Where what a person wrote is sealed. */
export const wordPlace = (id: string) => ({ table: 'person_word', column: 'text_sealed', row: id })

/** By what an address on a channel is found without being readable. */
export const addressPrint = (secrets: TenantSecrets, channel: string, address: string): string =>
  secrets.fingerprint(`address ${channel}`, address)
