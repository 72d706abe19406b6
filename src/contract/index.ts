/** The suites that any family or bijection must pass; exported as `flowmeter/contract`. */
export { bijectionContract } from "./bijection-contract.ts";
export type { BijectionSubject } from "./bijection-contract.ts";
export { check } from "./check.ts";
export type { Check } from "./check.ts";
export { familyContract } from "./family-contract.ts";
export type { FamilyContractOptions } from "./subject.ts";
