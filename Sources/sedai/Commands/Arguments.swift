// The conformances are as public as the types and the protocol they join.
public import ArgumentParser
public import SedaiAPI

extension VolumeReference: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension AccessModeName: ExpressibleByArgument {}
extension ReservePolicy: ExpressibleByArgument {}
extension RestoreSetRequest.NewerGenerations: ExpressibleByArgument {}
