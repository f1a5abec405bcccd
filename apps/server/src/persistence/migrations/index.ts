import { Migration20261121_01_work } from './Migration20261121_01_work.ts'
import { Migration20261121_02_tenant } from './Migration20261121_02_tenant.ts'
import { Migration20261121_03_house } from './Migration20261121_03_house.ts'
import { Migration20261121_04_webhooks } from './Migration20261121_04_webhooks.ts'
import { Migration20261121_05_intake } from './Migration20261121_05_intake.ts'
import { Migration20261121_06_configuration_notice } from './Migration20261121_06_configuration_notice.ts'
import { Migration20261121_07_retention } from './Migration20261121_07_retention.ts'
import { Migration20261121_09_code_transition } from './Migration20261121_09_code_transition.ts'
import { Migration20261121_10_readiness } from './Migration20261121_10_readiness.ts'
import { Migration20261121_11_used } from './Migration20261121_11_used.ts'
import { Migration20261121_08_brake } from './Migration20261121_08_brake.ts'
import { Migration20261121_12_reach } from './Migration20261121_12_reach.ts'
import { Migration20261121_13_vendor_budget } from './Migration20261121_13_vendor_budget.ts'
import { Migration20261122_19_connection_vault } from './Migration20261122_19_connection_vault.ts'
import { Migration20261121_15_memory } from './Migration20261121_15_memory.ts'
import { Migration20261122_16_budget_slices } from './Migration20261122_16_budget_slices.ts'
import { Migration20261122_16_unannounced } from './Migration20261122_16_unannounced.ts'
import { Migration20261122_20_opens_until } from './Migration20261122_20_opens_until.ts'
import { Migration20261122_21_witness } from './Migration20261122_21_witness.ts'
import { Migration20261122_22_door_opening } from './Migration20261122_22_door_opening.ts'
import { Migration20261122_23_adoption } from './Migration20261122_23_adoption.ts'
import { Migration20261122_24_confirming_keys } from './Migration20261122_24_confirming_keys.ts'
import { Migration20261122_25_freed_work } from './Migration20261122_25_freed_work.ts'
import { Migration20261122_14_drift } from './Migration20261122_14_drift.ts'
import { Migration20261121_18_heard } from './Migration20261121_18_heard.ts'

/** In the order they run. A migration that has left this repository is never changed; a new one is added at the end. */
export const migrations = [
  Migration20261121_01_work,
  Migration20261121_02_tenant,
  Migration20261121_03_house,
  Migration20261121_04_webhooks,
  Migration20261121_05_intake,
  Migration20261121_06_configuration_notice,
  Migration20261121_07_retention,
  Migration20261121_08_brake,
  Migration20261121_09_code_transition,
  Migration20261121_10_readiness,
  Migration20261121_11_used,
  Migration20261121_12_reach,
  Migration20261121_13_vendor_budget,
  Migration20261122_19_connection_vault,
  Migration20261121_15_memory,
  Migration20261122_16_budget_slices,
  Migration20261122_20_opens_until,
  Migration20261122_14_drift,
  Migration20261121_18_heard,
  Migration20261122_16_unannounced,
  Migration20261122_21_witness,
  Migration20261122_22_door_opening,
  Migration20261122_23_adoption,
  Migration20261122_24_confirming_keys,
  Migration20261122_25_freed_work,
]
