// The conformances are as public as the types and the protocol they join.
public import ArgumentParser
public import SedaiAPI
public import SedaiHostModel

extension VolumeReference: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension DiskSelector: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension LDSetKindName: ExpressibleByArgument {}
extension TargetModeName: ExpressibleByArgument {}
extension AccessModeName: ExpressibleByArgument {}
extension DiskTransport: ExpressibleByArgument {}
extension ReservePolicy: ExpressibleByArgument {}
extension RestoreSetRequest.NewerGenerations: ExpressibleByArgument {}
extension OperatorRoleName: ExpressibleByArgument {}
