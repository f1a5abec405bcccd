import { describe } from 'vitest'
import { describeIntercom, memoryIntercom } from '../../src/testing/index.ts'

describe('a directory on the device', () => describeIntercom(memoryIntercom()))
describe('codes only', () =>
  describeIntercom(memoryIntercom({ writesEntries: false, drawsQr: false, opens: false, labelMaxLength: 0 })))
