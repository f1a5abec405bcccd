import { describe } from 'vitest'
import { describeNotifier, memoryNotifier } from '../../src/testing/index.ts'

describe('a vendor that says what becomes of a message', () => describeNotifier(memoryNotifier()))
describe('a vendor with keys, mail and a slow list', () =>
  describeNotifier(memoryNotifier({ address: 'email', dedupesByKey: true, showsAfter: 60_000, readsReplies: false })))
describe('a vendor that never says', () =>
  describeNotifier(memoryNotifier({ looksUp: false, reportsDelivery: false, readsReplies: false, textMaxLength: 160 })))
