using System.Collections.Immutable;

namespace Reparam.Compression.Diagnostics;

/// <summary>Every kind of error that compression reports.</summary>
public static class CompressionDiagnostics
{
    /// <summary>The plan of a build cannot be read.</summary>
    public static CompressionDiagnostic UnreadablePlan { get; } = new(
        "RPB0100", "The plan cannot be read", "the plan cannot be read: {0}");

    /// <summary>A layer asks for a method that is not known.</summary>
    public static CompressionDiagnostic UnknownMethod { get; } = new(
        "RPB0101", "Unknown post-training method", "{0} asks for the method '{1}'; known: {2}; a method of another library needs a ReparamExtension "
            + "item, or --extension");

    /// <summary>An option is unknown, of the wrong type, or out of range.</summary>
    public static CompressionDiagnostic InvalidOption { get; } = new(
        "RPB0102", "Invalid option", "{0}");

    /// <summary>The checkpoint has no tensor for a layer, a parameter or a buffer.</summary>
    public static CompressionDiagnostic MissingLayer { get; } = new(
        "RPB0103", "The checkpoint lacks a tensor of the model", "the checkpoint has no tensor '{0}', {1}{2}");

    /// <summary>A weight has a shape that its layer cannot have.</summary>
    public static CompressionDiagnostic WrongShape { get; } = new(
        "RPB0104", "The weight does not fit its layer", "tensor '{0}' is {1}; {2}");

    /// <summary>A weight is NaN or infinite.</summary>
    public static CompressionDiagnostic NonFiniteWeight { get; } = new(
        "RPB0105", "A weight is not finite", "{0}");

    /// <summary>A layer loses more than the project allows.</summary>
    public static CompressionDiagnostic WeightErrorExceeded { get; } = new(
        "RPB0106", "The weight error is above the limit",
        "tensor '{0}' at {1} has a relative weight error of {2:0.0000}, above the limit of {3}: give it more bits, a smaller group, or raise MaxWeightError");

    /// <summary>A tensor has a type that cannot be coded.</summary>
    public static CompressionDiagnostic WrongType { get; } = new(
        "RPB0107", "The weight's type cannot be coded", "tensor '{0}' is {1}; F32, F16, BF16 or F64 can be coded");

    /// <summary>No tensor is to be coded.</summary>
    public static CompressionDiagnostic NothingToCompress { get; } = new(
        "RPB0108", "Nothing to compress", "{0}");

    /// <summary>A warning: coded, a weight would take no less space than it does.</summary>
    public static CompressionDiagnostic WeightGrows { get; } = new(
        "RPB0109", "A weight would not get smaller",
        "tensor '{0}' is copied as it is: at {1} in the layout {2} it would take {3} bytes, and as {4} it takes {5}");

    /// <summary>A warning: a weight far out of the range of the others costs its neighbours, or itself.</summary>
    public static CompressionDiagnostic Outlier { get; } = new(
        "RPB0110", "An outlier is coded badly", "tensor '{0}': {1}; in the layout {2} at {3} bits {4}");

    /// <summary>A warning: the calibration has nothing for some of the weights to code.</summary>
    public static CompressionDiagnostic CalibrationIncomplete { get; } = new(
        "RPB0111", "The calibration lacks layers", "'{0}' lacks {1} of the {2} weights to code: {3}; they are coded without calibration{4}");

    /// <summary>A warning: the checkpoint holds weights that are quantised already.</summary>
    public static CompressionDiagnostic QuantizedCheckpoint { get; } = new(
        "RPB0112", "The checkpoint is quantised already",
        "the checkpoint is quantised already: {0}; they are copied as they are, and so are the scales, zero points and tables beside them ({1})");

    /// <summary>An option is given that nothing looks at.</summary>
    public static CompressionDiagnostic WithoutEffect { get; } = new(
        "RPB0113", "An option has no effect", "{0} has no effect: {1}");

    /// <summary>A method that codes by the inputs of a layer is asked for where they are not known.</summary>
    public static CompressionDiagnostic NeedsCalibration { get; } = new(
        "RPB0114", "The method needs calibration", "tensor '{0}' is coded by {1}, which needs calibration of the layer's inputs: record one and name it");

    /// <summary>An assembly with further methods cannot be used.</summary>
    public static CompressionDiagnostic UnusableExtension { get; } = new(
        "RPB0115", "The extension cannot be used", "the extension cannot be used: {0}");

    /// <summary>A method threw, or gave what no method may give.</summary>
    public static CompressionDiagnostic MethodFailed { get; } = new(
        "RPB0116", "A method failed", "the method '{0}' failed{1}: {2}");

    /// <summary>A method reads state of a layer that is not there or not right.</summary>
    public static CompressionDiagnostic UnusableState { get; } = new(
        "RPB0123", "The state of a layer cannot be used", "tensor '{0}' is coded by {1}, which reads state of the layer beside it: {2}");

    /// <summary>A warning: the inputs were recorded with other weights.</summary>
    public static CompressionDiagnostic CalibrationSource { get; } = new(
        "RPB0117", "The calibration was recorded with other weights",
        "'{0}' was recorded with other weights than this checkpoint's; it is used, and serves less well the further the weights have moved: record it again");

    /// <summary>A warning: the calibration file knows none of the checkpoint's layers.</summary>
    public static CompressionDiagnostic CalibrationUnmatched { get; } = new(
        "RPB0118", "The calibration knows no layer of the checkpoint",
        "'{0}' has {1} layers, such as {2}, and none of them is a tensor of this checkpoint: every weight is coded without calibration");

    /// <summary>A layer's calibration cannot be used; the layer is coded without.</summary>
    public static CompressionDiagnostic UnusableCalibration { get; } = new(
        "RPB0119", "The calibration of a layer cannot be used", "tensor '{0}' is coded without calibration: {1}");

    /// <summary>The smallest codings take more than a bit budget.</summary>
    public static CompressionDiagnostic BudgetTooSmall { get; } = new(
        "RPB0130", "The bit budget cannot be met", "the budget is {0}; the smallest codings take {1} bytes, {2:0.0000} bits a weight");

    /// <summary>No coding of a layer keeps to the largest output error.</summary>
    public static CompressionDiagnostic OutputErrorExceeded { get; } = new(
        "RPB0131", "No coding keeps to the output error", "tensor '{0}' at {1}{2} has a relative error of {3:0.0000}, above the limit of {4}");

    /// <summary>A plan by divergence is asked for where the divergence is not known.</summary>
    public static CompressionDiagnostic UnknownDivergence { get; } = new(
        "RPB0132", "The model's divergence is not known", "the cost is divergence, and {0}");

    /// <summary>A saved bit plan cannot be read, or is not for these layers.</summary>
    public static CompressionDiagnostic UnusableBitPlan { get; } = new(
        "RPB0133", "The bit plan cannot be used", "the bit plan cannot be used: {0}");

    /// <summary>A file that is read was changed or replaced during the work.</summary>
    public static CompressionDiagnostic InputChanged { get; } = new(
        "RPB0150", "An input changed during the work",
        "the {0} was changed or replaced while it was being read; nothing was written: build again when it is whole");

    /// <summary>The checkpoint has a tensor that no part of the model takes.</summary>
    public static CompressionDiagnostic UnexpectedTensor { get; } = new(
        "RPB0151", "The checkpoint has a tensor that the model lacks", "the checkpoint has a tensor '{0}' {1}, which no part of {2} takes{3}");

    /// <summary>A warning: tensors that are copied as they are hold NaN, or parameters an infinity.</summary>
    public static CompressionDiagnostic NonFiniteTensor { get; } = new(
        "RPB0152", "A tensor is not finite", "tensor '{0}' has {1}, which the app will load and compute with");

    /// <summary>Two names of one tensor of the model hold different content, or are stored differently.</summary>
    public static CompressionDiagnostic TiedTensors { get; } = new(
        "RPB0153", "Two names of one tensor differ", "'{0}' and '{1}' are one tensor in {2}, and {3}");

    /// <summary>A block of the checkpoint is in its training form and cannot be folded.</summary>
    public static CompressionDiagnostic UnfoldableBlock { get; } = new(
        "RPB0160", "A block cannot be folded", "{0}; export the model with ExportDense, which folds its blocks, and give the build that file");

    /// <summary>All of them, by code.</summary>
    public static ImmutableArray<CompressionDiagnostic> All { get; } =
    [
        UnreadablePlan, UnknownMethod, InvalidOption, MissingLayer, WrongShape, NonFiniteWeight, WeightErrorExceeded, WrongType, NothingToCompress,
        WeightGrows, Outlier, CalibrationIncomplete, QuantizedCheckpoint, WithoutEffect, NeedsCalibration, UnusableExtension, MethodFailed, UnusableState,
        CalibrationSource, CalibrationUnmatched, UnusableCalibration,
        BudgetTooSmall, OutputErrorExceeded, UnknownDivergence, UnusableBitPlan, InputChanged,
        UnexpectedTensor, NonFiniteTensor, TiedTensors, UnfoldableBlock,
    ];
}
