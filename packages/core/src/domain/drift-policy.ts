/** What is done about a code of ours that was changed on its device; a door's own setting. */
export type DriftPolicy = 'restore' | 'accept' | 'ask'

/** What counts on a device of several doors: one that asks is asked, and a change stands only where every door lets it. */
export function mostCareful(policies: readonly DriftPolicy[]): DriftPolicy {
  if (policies.includes('ask')) return 'ask'
  return policies.length > 0 && policies.every((policy) => policy === 'accept') ? 'accept' : 'restore'
}
