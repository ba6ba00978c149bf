// One test at a time: the count of live tensors and the random seed belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
