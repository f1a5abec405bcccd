import { describe } from 'vitest'
import { describeNotifier, memoryNotifier } from '../../src/testing/index.ts'

describe('a vendor that says what becomes of a message', () => describeNotifier(memoryNotifier()))
describe('a vendor with keys, mail and a slow list', () =>
  describeNotifier(memoryNotifier({ address: 'email', dedupesByKey: true, showsAfter: 60_000, readsReplies: false })))
describe('a chat that only tells, with free words for a day', () =>
  describeNotifier(memoryNotifier({ listens: true, freeFor: 86_400_000, expiresAfter: 43_200_000 })))
describe('a vendor that never says', () =>
  describeNotifier(memoryNotifier({ looksUp: false, reportsDelivery: false, readsReplies: false, textMaxLength: 160 })))
