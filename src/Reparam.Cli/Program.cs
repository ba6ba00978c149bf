using System.CommandLine;

var root = new RootCommand("Compresses, imports and inspects model checkpoints.");
return root.Parse(args).Invoke();
