import { describeBookingSource, memoryBookings } from '../../src/testing/index.ts'

describeBookingSource(memoryBookings())
