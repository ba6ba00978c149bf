// Every figure of the documents comes from here: ratios and times of the machine it runs on, not absolute claims. Run it on an otherwise idle machine:
//
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- kernels     packed products: shares of what memory allows, beside other libraries
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- model       a decoder: tokens a second, and where the time goes
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- coding      weights that the data-free coder codes in a second
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- error       what coding costs in weight error and in output error
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- layouts     what each layout costs a checkpoint
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- uniform     products of integers, beside libtorch and ONNX Runtime
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- sentences   the sample SemanticSearch beside ONNX Runtime
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- generator   what the generator and the analyzers cost beside the compiler
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- survey      which module classes of a folder work, and what blocks the others
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- operations  which members of TorchSharp the run time has: docs/operations.md
//   dotnet run -c Release --project tests/Reparam.Benchmarks -- parts       the parts of packed products one by one, by BenchmarkDotNet:
//
//     --filter '*MatrixVector*'     one input row, packed, float32, bfloat16; from cache and from memory
//     --filter '*Batch*'            1 to 128 input rows
//     --filter '*KernelPath*'       every path and precision
//     --filter '*Layout*'           every layout: products and repack
//     --filter '*Table*'            building the tables of an input row
//     --filter '*HandOff*'          sharing work between threads
//     --filter '*Sharing*'          tables of one input for several matrices
//     --filter '*Convolution*' '*ImageLayer*'
//
// REPARAM_THREADS bounds the threads of every contestant (the plain float32 loop has one); REPARAM_ISA chooses the kernel path. --job short --inProcess
// gives a first impression of the parts. The verb kernels alternates its contenders, which parts does not.
using Reparam.Benchmarks.Commands;

return Verbs.Root().Parse(args).Invoke();
