// One at a time: libtorch's random numbers and threads are the process's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
