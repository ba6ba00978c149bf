using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Layers;

namespace Reparam.Generators.Flow;

/// <summary>Statements.</summary>
internal sealed partial class ForwardFlow
{
    // Runs a statement; false if nothing behind it runs.
    private bool Execute(IOperation statement)
    {
        token.ThrowIfCancellationRequested();
        switch (statement)
        {
            case IBlockOperation block:
                return block.Operations.All(Execute);
            case IVariableDeclarationGroupOperation group:
                foreach (var declarator in group.Declarations.SelectMany(d => d.Declarators))
                {
                    var initializer = declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer;
                    locals[declarator.Symbol] = initializer is null ? FlowValue.Unknown : Evaluate(initializer.Value);
                }

                return true;
            case IExpressionStatementOperation expression:
                Evaluate(expression.Operation);
                return true;
            case IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } value }:
                returned.Add(Evaluate(value));
                return false;
            case IReturnOperation or IBranchOperation:
                return false;
            case IThrowOperation thrown:
                Discard(thrown);
                return false;
            case IConditionalOperation choice:
                Discard(choice.Condition);
                if (choice.WhenFalse is null && WhenPresent(choice) is { } present)
                {
                    return Execute(present);
                }

                return ExecuteEither([() => Execute(choice.WhenTrue), () => choice.WhenFalse is not { } other || Execute(other)]);
            case ISwitchOperation choice:
                Discard(choice.Value);
                var ways = choice.Cases.Select(one => (System.Func<bool>)(() => ExecuteCase(one))).ToList();
                if (!choice.Cases.Any(one => one.Clauses.Any(clause => clause is IDefaultCaseClauseOperation)))
                {
                    ways.Add(static () => true);
                }

                return ExecuteEither(ways);
            case ITryOperation attempt:
                var runs = attempt.Catches.Select(one => (System.Func<bool>)(() => Execute(one.Handler))).Prepend(() => Execute(attempt.Body)).ToList();
                var passes = ExecuteEither(runs);
                return (attempt.Finally is not { } last || Execute(last)) && passes;
            case IUsingOperation scope:
                Execute(scope.Resources);
                return Execute(scope.Body);
            case IUsingDeclarationOperation declaration:
                return Execute(declaration.DeclarationGroup);
            case ILockOperation held:
                Discard(held.LockedValue);
                return Execute(held.Body);
            case ILabeledOperation labeled:
                return labeled.Operation is not { } inner || Execute(inner);
            case ILoopOperation loop:
                ExecuteLoop(loop);
                return true;
            case ILocalFunctionOperation or IEmptyOperation:
                return true;
            default:
                Discard(statement);
                return true;
        }
    }

    // What runs where the batch norm that the condition asks for is there. Where it is null, the checkpoint has nothing of it and no edge of it says anything.
    private IOperation? WhenPresent(IConditionalOperation choice)
    {
        var (tested, isPresent) = choice.Condition switch
        {
            IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals } test when IsNull(test.RightOperand) => (test.LeftOperand, true),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } test when IsNull(test.RightOperand) => (test.LeftOperand, false),
            IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation none } } test when IsNull(none.Value) =>
                (test.Value, true),
            IIsPatternOperation { Pattern: IConstantPatternOperation none } test when IsNull(none.Value) => (test.Value, false),
            _ => (null, false),
        };
        while (tested is IConversionOperation conversion)
        {
            tested = conversion.Operand;
        }

        return tested is IMemberReferenceOperation { Instance: IInstanceReferenceOperation } member && components.Of(member.Member) is { IsBatchNorm: true }
            ? isPresent ? choice.WhenTrue : choice.WhenFalse
            : null;
    }

    private static bool IsNull(IOperation value) =>
        value is IConversionOperation conversion ? IsNull(conversion.Operand) : value.ConstantValue is { HasValue: true, Value: null };

    // The clauses of a case bind locals; a break ends the case, not what is behind the switch.
    private bool ExecuteCase(ISwitchCaseOperation one)
    {
        foreach (var statement in one.Body)
        {
            if (statement is IBranchOperation { BranchKind: BranchKind.Break })
            {
                return true;
            }

            if (!Execute(statement))
            {
                return statement.DescendantsAndSelf().OfType<IBranchOperation>().Any(branch => branch.BranchKind == BranchKind.Break);
            }
        }

        return true;
    }

    // Each way begins with the same locals; those that differ behind them depend on the condition.
    private bool ExecuteEither(IEnumerable<System.Func<bool>> ways)
    {
        var before = locals;
        var ends = new List<Dictionary<ISymbol, FlowValue>>();
        foreach (var way in ways)
        {
            locals = new(before, SymbolEqualityComparer.Default);
            if (way())
            {
                ends.Add(locals);
            }
        }

        locals = ends.Count == 0 ? new(before, SymbolEqualityComparer.Default) : ends[0];
        foreach (var local in ends.Skip(1).SelectMany(end => end.Keys).Distinct(SymbolEqualityComparer.Default).OfType<ISymbol>().ToArray())
        {
            var values = ends.Select(end => end.TryGetValue(local, out var value) ? value : FlowValue.Unknown).Distinct().ToArray();
            locals[local] = values.Length == 1 ? values[0] : new FlowValue.Choice(values);
        }

        return ends.Count > 0;
    }

    // A loop over a list is run for the first element and for the one after it.
    private void ExecuteLoop(ILoopOperation loop)
    {
        var (outerDoubt, outerCounter) = (loopDoubt, counter);
        FlowComponent? element = null;
        var isOverList = false;
        counter = null;
        switch (loop)
        {
            case IForEachLoopOperation each:
                var collection = Evaluate(each.Collection);
                element = (collection as FlowValue.Callee)?.Component.Element;
                isOverList = element is not null;
                if (!isOverList)
                {
                    Use(collection, FlowUse.Else);
                }

                break;
            case IForLoopOperation counted:
                foreach (var start in counted.Before)
                {
                    Execute(start);
                }

                // for (var i = 0; …; i++) … Layers[i]: the index runs over the list.
                counter = counted.Body.Descendants().OfType<IPropertyReferenceOperation>()
                    .Where(index => index.Property.IsIndexer && index.Instance?.Type is { } type && ModuleTypes.ElementOfList(type) is not null)
                    .Select(Counter).FirstOrDefault(local => local is not null && IsCountedBy(local, counted));
                isOverList = counter is not null;
                break;
        }

        var canBeLeft = loop.Body.Descendants().Any(o => o is IBranchOperation { BranchKind: BranchKind.Break or BranchKind.Continue or BranchKind.GoTo });
        loopDoubt = !isOverList ? "it is called in a loop over data"
            : canBeLeft ? "it is called in a loop that can be left"
            : isInListLoop ? "it is called in a loop inside another" : outerDoubt;
        var wasInListLoop = isInListLoop;
        isInListLoop |= isOverList;
        var changed = Changed(loop);
        Enter(changed, FlowStep.First, isOverList);
        Body(loop, element);
        if (isOverList)
        {
            Enter(changed, FlowStep.Next, isOverList);
            Body(loop, element);
        }

        Enter(changed, FlowStep.Last, isOverList);
        (loopDoubt, counter, isInListLoop) = (outerDoubt, outerCounter, wasInListLoop);
    }

    private void Body(ILoopOperation loop, FlowComponent? element)
    {
        switch (loop)
        {
            case IForEachLoopOperation each:
                foreach (var local in each.Locals)
                {
                    locals[local] = element is null ? FlowValue.Unknown : new FlowValue.Callee(element);
                }

                break;
            case IForLoopOperation counted:
                if (counted.Condition is { } before)
                {
                    Discard(before);
                }

                break;
            case IWhileLoopOperation { Condition: { } condition }:
                Discard(condition);
                break;
        }

        Execute(loop.Body);
        if (loop is IForLoopOperation { AtLoopBottom: { } bottom })
        {
            foreach (var step in bottom)
            {
                Execute(step);
            }
        }
    }

    private void Enter(IReadOnlyList<ISymbol> changed, FlowStep step, bool isOverList)
    {
        foreach (var local in changed)
        {
            if (!locals.TryGetValue(local, out var value))
            {
                continue;
            }

            if (isOverList)
            {
                locals[local] = new FlowValue.Stepped(step, value is FlowValue.Stepped { Of: var inner } ? inner : value);
            }
            else
            {
                // How often the loop runs is not known.
                locals[local] = new FlowValue.Choice([value]);
            }
        }
    }

    private static List<ISymbol> Changed(ILoopOperation loop) =>
    [
        .. loop.Body.Descendants().Select(operation => operation switch
        {
            IAssignmentOperation { Target: ILocalReferenceOperation local } => local.Local,
            IAssignmentOperation { Target: IParameterReferenceOperation parameter } => (ISymbol)parameter.Parameter,
            ITupleOperation { Parent: IDeconstructionAssignmentOperation } => null,
            ILocalReferenceOperation { Parent: ITupleOperation or IArgumentOperation { Parameter.RefKind: not RefKind.None } } local => local.Local,
            IParameterReferenceOperation { Parent: ITupleOperation or IArgumentOperation { Parameter.RefKind: not RefKind.None } } parameter
                => parameter.Parameter,
            _ => null,
        }).OfType<ISymbol>().Where(s => !loop.Locals.Contains(s, SymbolEqualityComparer.Default))
            .Distinct(SymbolEqualityComparer.Default).OfType<ISymbol>(),
    ];

    // The loop counts it from 0 up by 1, and nothing else changes it.
    private static bool IsCountedBy(ILocalSymbol local, IForLoopOperation loop)
    {
        bool Is(IOperation operation) => operation is ILocalReferenceOperation { Local: var other } && SymbolEqualityComparer.Default.Equals(other, local);
        var start = loop.Before.SelectMany(one => one.DescendantsAndSelf()).OfType<IVariableDeclaratorOperation>()
            .FirstOrDefault(one => SymbolEqualityComparer.Default.Equals(one.Symbol, local));
        return start?.Initializer?.Value.ConstantValue is { HasValue: true, Value: 0 }
            && loop.AtLoopBottom.OfType<IExpressionStatementOperation>().Count(step =>
                step.Operation is IIncrementOrDecrementOperation { Kind: OperationKind.Increment } count && Is(count.Target)) == 1
            && loop.AtLoopBottom.SelectMany(step => step.Descendants()).Count(Is) == 1
            && !loop.Body.Descendants().Any(operation => Is(operation) && IsChanged(operation));
    }

    private static bool IsChanged(IOperation local) => local.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == local,
        IIncrementOrDecrementOperation or ITupleOperation => true,
        IArgumentOperation argument => argument.Parameter?.RefKind is not RefKind.None,
        _ => false,
    };

    private static ILocalSymbol? Counter(IPropertyReferenceOperation index)
    {
        var value = index.Arguments.Length == 1 ? index.Arguments[0].Value : null;
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return (value as ILocalReferenceOperation)?.Local;
    }
}
