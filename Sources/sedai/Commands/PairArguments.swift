// As public as the types and the protocol they join; apart from other arguments because the
// model and the API share names.
public import ArgumentParser
public import SedaiModel

extension CopyMode: ExpressibleByArgument {}
extension CopyRange: ExpressibleByArgument {}
extension PairCondition: ExpressibleByArgument {}
extension PairRestoreMode: ExpressibleByArgument {}
extension ReplicaUse: ExpressibleByArgument {}
