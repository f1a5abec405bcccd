import { at, type Bug, serverTest } from '../bug.ts'

const intake = at.server('intake/intake')
const judge = at.server('intake/judge')

/** Webhooks in. */
export const intakeBugs: readonly Bug[] = [
  {
    id: 3,
    name: '200 before the commit',
    patches: [
      {
        file: intake,
        find: 'await Promise.all([batcher.add(delivery), ...(besides ? [batcher.add(besides)] : [])])',
        replace: 'batcher.add(delivery).then(String, String)',
      },
    ],
    proof: serverTest('intake/faults'),
  },
  {
    id: 4,
    name: 'a second change within five minutes passed over',
    patches: [
      {
        file: at.server('persistence/migrations/Migration20261121_04_webhooks'),
        find: 'if cardinality(p_mark_keys) > 0 then',
        replace: 'if cardinality(p_mark_keys) > 0 and fresh > 0 then',
      },
    ],
    proof: serverTest('intake/answers', 'a double within five minutes'),
  },
  {
    id: 6,
    name: 'an error answered with 200 and forgotten',
    patches: [
      { file: intake, find: 'return { status: 503, retryAfter: comeAgain }', replace: 'return { status: 200 }' },
    ],
    proof: serverTest('intake/faults'),
  },
  {
    id: 7,
    name: 'facts taken from a webhook that nobody signed',
    patches: [
      {
        file: judge,
        find: "const isFact = proof === 'signature' && receiver.signed",
        replace: 'const isFact = proof.length > 0 || receiver.signed',
      },
    ],
    proof: serverTest('intake/answers', 'facts only from a signed'),
  },
  {
    id: 31,
    name: 'tenant chosen from the payload',
    patches: [
      {
        file: judge,
        find: 'const at = { ...commonOf(address, receivedAt),',
        replace:
          'const named = /"tenant":"([0-9a-f-]{36})"/.exec(Buffer.from(kept.body).toString())?.[1]\n  const at = { ...commonOf(address, receivedAt), ...(named === undefined ? {} : { tenantId: named }),',
      },
    ],
    proof: serverTest('intake/answers'),
  },
  {
    id: 32,
    name: 'an unknown address falls back to the first connection',
    patches: [
      {
        file: at.server('intake/addresses'),
        find: "const found = await look(hash('sha256', token, 'hex'))",
        replace: "const found = (await look(hash('sha256', token, 'hex'))) ?? (await [...known.values()][0]?.found)",
      },
      {
        file: at.server('intake/addresses'),
        find: 'if (stored.adapterId !== adapterId || stored.slug !== slug) return undefined',
        replace: 'if (stored.adapterId !== adapterId) return undefined',
      },
    ],
    proof: serverTest('intake/answers'),
  },
]
