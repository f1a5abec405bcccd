import { createHmac, timingSafeEqual } from 'node:crypto'

export interface SignatureConfig {
  /** The mail address of the account's primary user. */
  readonly ownerEmail?: string
  /** As set in the Partner Portal; during a change both, with a space between them. */
  readonly webhookSecret?: string
}

/**
 * `proven`: made with a secret that only Hospitable and this host know. `fits`: made with the secret of a host account,
 * which anybody can work out who knows the owner's mail address: it keeps noise away and proves nothing.
 * `unchecked`: no secret is set.
 */
export type SignatureVerdict = 'proven' | 'fits' | 'wrong' | 'unchecked'

/** Judges the `Signature` header over the bytes as they came: re-serialised JSON would differ (PHP escapes). */
export function judgeSignature(rawBody: Uint8Array, header: string | null, config: SignatureConfig): SignatureVerdict {
  const partner = (config.webhookSecret ?? '').split(/\s+/).filter(Boolean)
  const host = config.ownerEmail === undefined ? [] : hostSecrets(config.ownerEmail)
  if (partner.length + host.length === 0) return 'unchecked'
  const given = /^[0-9a-f]{64}$/i.test(header ?? '') ? Buffer.from(header ?? '', 'hex') : undefined
  if (!given) return 'wrong'
  const fits = (secret: string) => timingSafeEqual(given, createHmac('sha256', secret).update(rawBody).digest())
  // All are tried, so that the time taken does not tell which one fits.
  const [proven, known] = [partner.filter(fits).length > 0, host.filter(fits).length > 0]
  return proven ? 'proven' : known ? 'fits' : 'wrong'
}

/** Lower-case hex, as Hospitable sends it. */
export function signatureOf(rawBody: string | Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(rawBody).digest('hex')
}

/**
 * The keys of a host account: the base64 text of the mail address itself. Whether Hospitable writes the address in lower
 * case first is not known, so both are good.
 */
export function hostSecrets(ownerEmail: string): readonly string[] {
  const address = ownerEmail.trim()
  return [...new Set([address, address.toLowerCase()])].map((text) => Buffer.from(text, 'utf8').toString('base64'))
}
