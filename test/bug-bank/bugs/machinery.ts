import { at, type Bug, coreTest, serverTest } from '../bug.ts'

const workTable = at.server('queue/work-table')
const seal = at.server('secrets/sealed-value')

/** Queue, leases, ways out, seals: what every look stands on. */
export const machineryBugs: readonly Bug[] = [
  {
    id: 19,
    name: 'a mark cleared after the look instead of before',
    patches: [
      {
        file: workTable,
        find: 'select tenant_id, kind, key, wake_at is null and timer_at is null and coalesce',
        replace: 'select tenant_id, kind, key, timer_at is null and coalesce',
      },
    ],
    proof: serverTest('queue/work-rules', 'marked while it was looked at'),
  },
  {
    id: 38,
    name: 'the clock on the wall decides whether a lease has run out',
    patches: [
      {
        file: at.server('queue/running-look'),
        find: 'now.monotonic - this.#renewed.monotonic >= this.#lease ||',
        replace: '',
      },
    ],
    proof: serverTest('queue/work-loop'),
  },
  {
    id: 41,
    name: 'lease without a fence',
    patches: [
      {
        file: at.server('persistence/store/fence'),
        find: ' and ${column} <= $3::bigint returning 1',
        replace: ' returning 1',
      },
    ],
    proof: serverTest('persistence/tenant-store', 'overtaken'),
  },
  {
    id: 55,
    name: 'opened connections kept by name, not by tenant',
    patches: [
      {
        file: at.server('tenancy/open-providers'),
        find: 'const opened = adapter\n      ? openOne(row, adapter, kit)',
        replace:
          'const kept = ((globalThis as unknown as { kept?: Map<string, ReturnType<typeof openOne>> }).kept ??= new Map())\n    const opened = adapter\n      ? (kept.get(row.name) ?? kept.set(row.name, openOne(row, adapter, kit)).get(row.name)!)',
      },
    ],
    proof: serverTest('tenancy/open-providers'),
  },
  {
    id: 56,
    name: 'one queue for all tenants, first come, first served',
    patches: [
      {
        file: workTable,
        find: `where w.tenant_id = tenant.tenant_id and w.ready and w.lease_owner is null
    order by w.priority, w.wake_at limit $4::int`,
        replace: `where w.ready and w.lease_owner is null and $4::int > 0
    order by w.wake_at limit $2::int`,
      },
    ],
    proof: serverTest('queue/work-rules', 'serves a tenant with one key|takes nearer arrivals'),
  },
  {
    id: 57,
    name: 'a tenant erased while its codes still stand on doors',
    patches: [
      {
        file: at.server('cli/tenant'),
        find: "if (counts['codes on doors'] > 0 && !leaveCodes)",
        replace: "if (counts['codes on doors'] < 0 && !leaveCodes)",
      },
    ],
    proof: serverTest('cli/going-live'),
  },
  {
    id: 59,
    name: 'ciphertext that is not bound to its place',
    patches: [
      { file: seal, find: "\n  cipher.setAAD(Buffer.from(header, 'ascii'))", replace: '' },
      { file: seal, find: "\n  decipher.setAAD(Buffer.from(header, 'ascii'))", replace: '' },
      { file: seal, find: 'if (header !== headerOf(kid, place))', replace: 'if (false)' },
    ],
    proof: serverTest('secrets/sealed-value'),
  },
  {
    id: 60,
    name: 'stored webhooks never erased',
    patches: [
      {
        file: at.server('persistence/migrations/Migration20261121_07_retention'),
        find: 'w.last_at < retention_start',
        replace: 'w.last_at < retention_start and false',
      },
    ],
    proof: serverTest('persistence/purge'),
  },
  {
    id: 61,
    name: 'a frozen process goes on with its calls when it wakes',
    patches: [
      {
        file: at.engine('lease-guard'),
        find: 'signal.throwIfAborted()',
        replace: 'void signal.aborted',
      },
      {
        file: at.engine('perform-steps'),
        find: '    look.signal.throwIfAborted()\n',
        replace: '',
      },
      {
        file: at.engine('settle-messages'),
        find: '    look.signal.throwIfAborted()\n',
        replace: '',
      },
    ],
    simulated: true,
    proof: coreTest('engine/two-hubs'),
  },
  {
    id: 62,
    name: 'the budget of a vendor account counted in each process alone',
    patches: [
      {
        file: at.server('tenancy/shared-turns'),
        find: 'book: sharedBook(account)',
        replace: 'book: sharedBook({ ...account, account: `${account.account}:${Math.random()}` })',
      },
    ],
    proof: serverTest('tenancy/shared-turns'),
  },
  {
    id: 63,
    name: 'a time to come back given as an epoch read as seconds from now',
    patches: [
      {
        file: at.adapterKit('retry-after'),
        find: 'return number >= 1_000_000_000 ? number * 1000 : from + number * 1000',
        replace: 'return from + number * 1000',
      },
    ],
    proof: coreTest('adapter/retry-after'),
  },
  {
    id: 64,
    name: 'the way out repeats what the queue repeats as well',
    patches: [
      {
        file: at.adapterKit('http'),
        find: 'response = await fetch(url, init)',
        replace: 'response = await fetch(url, init).catch(() => fetch(url, init))',
      },
    ],
    proof: coreTest('adapter/http'),
  },
  {
    id: 73,
    name: 'tries that fail in turns, one unknown and one unsent, keep no pace',
    patches: [
      {
        file: at.engine('perform-steps'),
        find: 'else if (isPaced(step, error))',
        replace: 'else if (false)',
      },
    ],
    proof: coreTest('engine/written-codes'),
  },
  {
    id: 67,
    name: 'health says ready while the work loop is dead',
    patches: [
      {
        file: at.server('http/readiness'),
        find: 'silent > 30_000 ?',
        replace: 'silent === Infinity ?',
      },
    ],
    proof: serverTest('http/app'),
  },
]
