import {
  ApiKey,
  Connection,
  ConnectionAddress,
  ConnectionToken,
  FetchOutcomeRow,
  Tenant,
  TenantSetting,
} from './connections.ts'
import { Device, DoorRow, PropertyRow, UnitDoor, UnitRow, UnitSource } from './house.ts'
import {
  AlertRow,
  CodeTransitionRow,
  EventRow,
  MessageRow,
  ReplyRow,
  StrayDelivery,
  TimelineRow,
  WebhookDelivery,
} from './ledgers.ts'
import { AccessGrant, AccessLoss, BookingRow, CodeRow, ForeignCodeRow, PinRefusal } from './stays.ts'

/** Every table the ORM reads or writes. The schema itself is made by the migrations; a test compares the two. */
export const entities = [
  Tenant,
  TenantSetting,
  Connection,
  ConnectionToken,
  ConnectionAddress,
  FetchOutcomeRow,
  ApiKey,
  PropertyRow,
  UnitRow,
  UnitSource,
  Device,
  DoorRow,
  UnitDoor,
  BookingRow,
  AccessGrant,
  AccessLoss,
  CodeRow,
  CodeTransitionRow,
  PinRefusal,
  ForeignCodeRow,
  MessageRow,
  ReplyRow,
  TimelineRow,
  AlertRow,
  EventRow,
  WebhookDelivery,
  StrayDelivery,
]

export * from './connections.ts'
export * from './house.ts'
export * from './ledgers.ts'
export * from './stays.ts'
