import { createHash } from 'node:crypto'
import { type Instant, parseInstant } from '@stayward/core/adapter'
import * as z from 'zod'
import type { Beds24Config } from './config.ts'

/** The tokens that grew out of one credential of the configuration. */
export interface Tokens {
  readonly refreshToken: string
  readonly token: string
  readonly until: Instant
}

const instant = z.string().transform((text, context) => {
  const at = parseInstant(text)
  if (at === undefined) context.addIssue('not an instant')
  return at ?? z.NEVER
})
const entry = z.object({ of: z.string(), refreshToken: z.string(), token: z.string(), until: instant })
const kept = z.object({ v: z.literal(1), tokens: z.array(entry) })

/** Credentials whose tokens are kept: a new one that is only tried must not cost the old one its tokens. */
const most = 2

export function tokensIn(text: string | undefined, of: string): Tokens | undefined {
  return entriesIn(text).find((one) => one.of === of)
}

export function withTokens(text: string | undefined, of: string, tokens: Tokens): string {
  const others = entriesIn(text).filter((one) => one.of !== of)
  return JSON.stringify({ v: 1, tokens: [{ ...tokens, of }, ...others].slice(0, most) })
}

/** Names a credential without telling it. */
export function nameOf({ kind, credential }: Pick<Beds24Config, 'kind' | 'credential'>): string {
  return createHash('sha256').update(`${kind} ${credential}`).digest('base64url').slice(0, 22)
}

function entriesIn(text: string | undefined) {
  if (text === undefined) return []
  try {
    return kept.safeParse(JSON.parse(text)).data?.tokens ?? []
  } catch {
    return [] // nothing that this version wrote
  }
}
