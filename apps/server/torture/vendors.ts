// The vendors, their people and their post, in a process that nobody kills: what it remembers is the truth.
import { systemClock } from '@stayward/core'
import { given, serve } from '../bench/child-process.ts'
import { demoKeypads, freshWorld } from '../src/demo/fresh-world.ts'
import { demoSlug, furnishDemo } from '../src/demo/furnish.ts'
import { startVendors } from '../src/demo/vendors.ts'
import { openHouse } from '../src/persistence/house.ts'
import { openOrm } from '../src/persistence/orm.ts'
import { tenantKeys } from '../src/persistence/tenant-keys.ts'
import { parseMasterKeys } from '../src/secrets/master-keys.ts'
import { tenantSecrets } from '../src/secrets/tenant-secrets.ts'
import pg from 'pg'
import { openSoon } from '../test/hub/guests.ts'
import { addFlat, type Flat } from '../test/hub/more-flats.ts'
import { dice } from '../test/hub/dice.ts'
import { createPeople, type Done, type Stay } from './people.ts'
import { type Post, startPost } from './post.ts'
import { type Call, createWitness } from './witness.ts'

export interface VendorsGiven {
  readonly appUrl: string
  readonly masterKeys: string
  readonly slots: number
  readonly seed: number
  readonly flats: number
  /** Live stays at a time. */
  readonly stays: number
}

export interface VendorsReady {
  readonly tenantId: string
  /** For each hub process: vendors' origins and where they are answered for it. */
  readonly entrances: readonly (readonly (readonly [string, string])[])[]
}

export type VendorsQuestion =
  | { readonly do: 'begin'; readonly hubs: readonly string[]; readonly perSecond: number }
  /** Nothing more is booked or changed, and every vendor answers. Webhooks still arrive. */
  | { readonly do: 'calm' }
  | { readonly do: 'observe' }

/** A code of ours that a lock holds. */
export interface HeldCode {
  readonly keypad: string
  readonly pin: string
  /** Absent when the lock has no end for it. */
  readonly until?: string
}

export interface Letter {
  readonly text: string
  readonly at: number
}

/** Everything that can be known without asking the hub. */
export interface Observed {
  readonly stays: readonly Stay[]
  readonly street: string
  readonly held: readonly HeldCode[]
  /** By phone. */
  readonly texts: Readonly<Record<string, readonly Letter[]>>
  /** By booking. */
  readonly letters: Readonly<Record<string, readonly Letter[]>>
  readonly calls: readonly Call[]
  readonly acknowledged: readonly string[]
  readonly waiting: number
  readonly counts: Post['counts']
  readonly done: Done
  /** Of the hubs, reads included. */
  readonly vendorCalls: number
  readonly faults: Readonly<Record<string, number>>
}

const { appUrl, masterKeys, slots, seed, flats: wanted, stays: most } = given() as VendorsGiven
const world = freshWorld(Date.now())
const random = dice(seed)
const byHand = world.theKeys.nextId
const witness = createWitness({
  random: dice(seed + 1),
  share: 0.03,
  holds: (lock, mark) =>
    world.theKeys.shares.some((share) => String(share.lock) === lock && share.description?.includes(mark)),
})
const vendors = await startVendors({ world, save: () => undefined }, { between: witness.between, entrances: slots })
const masters = parseMasterKeys(masterKeys, 'the torture')
const { tenant, tokens } = await furnishDemo({ appUrl, masters, clock: systemClock, world })
const flats = await furnishFlats()
const people = createPeople(vendors, flats, most, random)
let post: Post | undefined
let load: NodeJS.Timeout | undefined

async function furnishFlats(): Promise<readonly Flat[]> {
  const pool = new pg.Pool({ connectionString: appUrl, max: 1 })
  const orm = await openOrm(appUrl, 2)
  try {
    const secrets = tenantSecrets(await tenantKeys(pool, masters, tenant.id))
    const house = openHouse({ orm, tenantId: tenant.id, secrets, clock: systemClock })
    // What nobody saw is told again by itself within a day of the arrival only.
    await openSoon(house)
    const made: Flat[] = []
    for (let number = 1; number <= wanted; number++)
      made.push(await addFlat({ world, house }, number, { street: number % 3 === 0 }))
    return made
  } finally {
    await orm.close(true)
    await pool.end()
  }
}

function begin(hubs: readonly string[], perSecond: number): void {
  const path = (adapter: string, token: string) => `/api/webhooks/${adapter}/t/${demoSlug}/${token}`
  const paths = { smoobu: path('smoobu', tokens.smoobu), smsFactor: path('smsfactor', tokens.smsfactor) }
  post = startPost({ vendors, paths, hubs, random: dice(seed + 2), unheard: 0.03 })
  load = setInterval(() => people.act(), 1000 / perSecond)
}

function observe(): Observed {
  const keypads = [demoKeypads.street, ...flats.map(({ keypad }) => keypad)]
  const theirs = new Set(
    world.theKeys.locks.flatMap(({ device }) => device.filter(({ id }) => id < byHand).map(({ code }) => code)),
  )
  const held = keypads.flatMap((keypad) =>
    vendors.theKeys
      .codesOn(keypad)
      .filter(({ pin }) => !theirs.has(pin))
      .map(({ pin, until }) => ({ keypad, pin, ...(until === undefined ? {} : { until }) })),
  )
  return {
    stays: people.stays,
    street: demoKeypads.street,
    held,
    texts: grouped(world.smsFactor.messages.map(({ to, text, sentAt }) => ({ to, text, at: sentAt }))),
    letters: grouped(
      world.smoobu.messages
        .filter(({ from, toHost }) => from === 'host' && !toHost)
        .map(({ reservationId, text, at }) => ({ to: String(reservationId), text, at })),
    ),
    calls: witness.calls,
    acknowledged: [...(post?.acknowledged ?? [])],
    waiting: (post?.waiting() ?? 0) + world.smoobu.deliveries.length,
    counts: post?.counts ?? { acknowledged: 0, refused: 0, lostAnswers: 0, tries: 0 },
    done: people.done,
    vendorCalls: witness.met(),
    faults: witness.faults,
  }
}

function grouped(all: readonly (Letter & { readonly to: string })[]): Record<string, Letter[]> {
  const found: Record<string, Letter[]> = {}
  for (const { to, text, at } of all) (found[to] ??= []).push({ text, at })
  return found
}

async function answer(question: VendorsQuestion): Promise<Observed | null> {
  switch (question.do) {
    case 'begin':
      begin(question.hubs, question.perSecond)
      return null
    case 'calm':
      clearInterval(load)
      witness.heal()
      return null
    case 'observe':
      return observe()
  }
}

await serve(
  {
    tenantId: tenant.id,
    entrances: vendors.entrances.map((addresses) => [...addresses]),
  } satisfies VendorsReady,
  answer,
  async () => {
    clearInterval(load)
    post?.stop()
    await vendors.stop()
  },
)
