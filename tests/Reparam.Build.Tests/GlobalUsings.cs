global using Reparam.Build.Tests.Harness;
