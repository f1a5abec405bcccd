import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export const signatureHeader = 'x-smsfactor-signature'

/** How a delivery's signature was made; the vendor does not say which it uses. */
export type SignatureVariant = 'plain' | `hmac-${'sha256' | 'sha1'} ${'hex' | 'base64'}`

/**
 * Which of the plausible ways of signing explains the header (docs/vendors/smsfactor.md, signature): the secret itself,
 * or an HMAC over the raw body with or without the name of its hash in front. `undefined`: none.
 */
export function matchedVariant(secret: string, header: string, rawBody: Uint8Array): SignatureVariant | undefined {
  const given = header.trim()
  // Every variant is compared, whatever matched before, so that time says nothing.
  const matched = candidates(secret, rawBody).filter(({ variant, value, prefix }) => {
    const bare = prefix !== undefined && given.toLowerCase().startsWith(prefix) ? given.slice(prefix.length) : given
    return equal(variant.endsWith('hex') ? bare.toLowerCase() : bare, value)
  })
  return matched[0]?.variant
}

interface Candidate {
  readonly variant: SignatureVariant
  readonly value: string
  readonly prefix?: string
}

function candidates(secret: string, rawBody: Uint8Array): readonly Candidate[] {
  const hashes = ['sha256', 'sha1'] as const
  const hmacs = hashes.flatMap((hash) =>
    (['hex', 'base64'] as const).map(
      (form): Candidate => ({
        variant: `hmac-${hash} ${form}`,
        value: createHmac(hash, secret).update(rawBody).digest(form),
        prefix: `${hash}=`,
      }),
    ),
  )
  return [...hmacs, { variant: 'plain', value: secret }]
}

/** In constant time, also for texts of different lengths. */
function equal(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
